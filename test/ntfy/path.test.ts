import assert from 'node:assert/strict';
import { parseConfig } from '../../src/config/index.ts';
import { checkNtfy } from '../../src/doctor/ntfy.ts';
import { createNtfyClient } from '../../src/ntfy/client.ts';
import { realTest, startNginx, startNtfy, visibleCards } from '../servers/index.ts';
import { completionOf, progressOf } from './cards.ts';
import { cardDelete } from './clients.ts';

realTest(
  'an ntfy below the path of a proxy receives publishes, updates and deletes, and the doctor accepts it',
  { needs: ['ntfy current', 'nginx'] },
  async () => {
    await using ntfy = await startNtfy('current');
    await using nginx = await startNginx({ server: `location /apps/ntfy/ { proxy_pass ${ntfy.url}/; }` });
    const server = `${nginx.url}/apps/ntfy`;
    const forms = [
      { NTFY_TOPIC: `${server}/by-url` },
      { NTFY_SERVER: server, NTFY_TOPIC: 'by-name' },
      { NTFY_SERVER: `${server}/`, NTFY_TOPIC: `${server}/by-both` },
    ];
    for (const form of forms) {
      const parsed = parseConfig(form);
      assert.ok(parsed.ok, parsed.ok ? '' : parsed.message);
      const { config } = parsed;
      const client = createNtfyClient(config.ntfy, { instance: 'qbit', timeZone: undefined });
      for (const notification of [progressOf(), progressOf({}, { percent: 50 }), completionOf(), cardDelete])
        assert.deepEqual(await client.publish(notification), { ok: true, value: { live: true } });
      const messages = await ntfy.messages(config.ntfy.topic);
      assert.equal(messages.length, 4);
      assert.deepEqual(
        visibleCards(messages).map(({ title }) => title),
        ['Download Complete'],
      );
      assert.ok((await client.allowance())?.daily, 'the allowance is requested below the path');
      const { outcomes } = await checkNtfy(config);
      const notOk = Object.entries(outcomes).filter(([, { status }]) => status !== 'ok');
      assert.deepEqual(notOk, []);
    }
  },
);

realTest(
  'for a proxy that does not remove its path the doctor reports that there is no ntfy, and what to change',
  { needs: ['ntfy current', 'nginx'] },
  async () => {
    await using ntfy = await startNtfy('current');
    await using nginx = await startNginx({ server: `location /ntfy/ { proxy_pass ${ntfy.url}; }` });
    const parsed = parseConfig({ NTFY_TOPIC: `${nginx.url}/ntfy/planted-topic` });
    assert.ok(parsed.ok);
    const { ntfy: address } = (await checkNtfy(parsed.config)).outcomes;
    assert.equal(address?.status, 'fail');
    assert.match(address?.advice ?? '', /proxy must remove the path from requests/);
    const refused = await createNtfyClient(parsed.config.ntfy, {
      instance: 'qbit',
      timeZone: undefined,
    }).publish(progressOf());
    assert.ok(!refused.ok && refused.failure.kind === 'misdirected');
    assert.doesNotMatch(JSON.stringify([address, refused]), /planted-topic/);
  },
);
