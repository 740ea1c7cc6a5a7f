/** How a card is removed where something in front of ntfy rejects DELETE. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createNtfyClient } from '../../src/ntfy/client.ts';
import type { RemovalMethod } from '../../src/ntfy/removal.ts';
import { startNtfySimulator } from '../../src/simulator/index.ts';
import { freePort, realTest, startNtfy, startProxy, visibleCards } from '../servers/index.ts';
import type { Firewall } from '../servers/index.ts';
import { key, progressOf } from './cards.ts';
import { clientOf, cardDelete, failureOf, none, topic } from './clients.ts';

const HOUR = 60 * 60_000;

const onlyPost: Firewall = ({ method }) => (method === 'POST' ? null : 405);

function start(server: string) {
  const found: RemovalMethod[] = [];
  const clock = { now: 0 };
  const client = createNtfyClient(
    { server, topic, auth: none, rate: null, retryMax: 0 },
    { instance: 'qbit', timeZone: 'UTC' },
    { onDeleteRejected: (way) => found.push(way), now: () => clock.now },
  );
  return { client, found, clock };
}

realTest(
  'with a proxy that rejects DELETE, cards are removed by another request, and DELETE is tried again after hours',
  { needs: ['ntfy current'] },
  async () => {
    await using ntfy = await startNtfy('current', { requestLimit: 'none' });
    for (const status of [403, 405]) {
      await using proxy = await startProxy(ntfy.url, {
        firewall: ({ method }) => (method === 'DELETE' ? status : null),
      });
      const { client, found, clock } = start(proxy.url);
      const deletes = () => proxy.requests.filter(({ method }) => method === 'DELETE').length;
      for (let round = 0; round < 3; round += 1) {
        await client.publish(progressOf());
        assert.deepEqual(await client.publish(cardDelete), { ok: true, value: { live: true } });
        assert.equal((await ntfy.messages(topic)).at(-1)?.event, 'message_clear');
        assert.deepEqual(visibleCards(await ntfy.messages(topic)), []);
      }
      assert.deepEqual([found, deletes()], [['clear'], 1]);
      clock.now += 7 * HOUR;
      await client.publish(cardDelete);
      assert.deepEqual([found, deletes()], [['clear', 'clear'], 2]);
    }
  },
);

realTest(
  'with a proxy that allows only POST, the last update of a card is silent, and shows the end',
  { needs: ['ntfy current'] },
  async () => {
    await using ntfy = await startNtfy('current', { requestLimit: 'none' });
    await using proxy = await startProxy(ntfy.url, { firewall: onlyPost });
    const { client, found } = start(proxy.url);
    await client.publish(progressOf());
    assert.equal((await client.publish({ ...cardDelete, alerted: true })).ok, true);
    assert.deepEqual(found, ['update']);
    const cards = visibleCards(await ntfy.messages(topic));
    assert.deepEqual(
      cards.map(({ sequence_id, title, priority }) => [sequence_id, title, priority]),
      [
        [`qbit-${key}`, 'Ended', 1],
        [`qbit-${key}-err`, 'Ended', 1],
      ],
    );
  },
);

describe('a card deletion', () => {
  test('that was rejected before does not use DELETE', async () => {
    await using ntfy = await startNtfySimulator();
    await clientOf(ntfy).publish(progressOf());
    assert.equal((await clientOf(ntfy).publish(cardDelete, { form: 'fixed' })).ok, true);
    assert.deepEqual(
      ntfy.requests.map(({ method }) => method),
      ['POST', 'POST'],
    );
  });

  test('fails if a web page answers with 200: a captive portal deletes nothing', async () => {
    await using ntfy = await startNtfySimulator();
    ntfy.fail(/./, { kind: 'status', status: 200, body: '<html>Log in</html>' });
    const failure = await failureOf(clientOf(ntfy).publish(cardDelete));
    assert.deepEqual([failure.kind, failure.reason], ['misdirected', 'not-ntfy']);
  });

  test("that a proxy answers with 404 does not make ntfy an old one: only ntfy's own 404 does", async () => {
    await using ntfy = await startNtfySimulator();
    ntfy.fail(/^DELETE/, { kind: 'status', status: 404, body: '<html>' });
    assert.deepEqual(await clientOf(ntfy).publish(cardDelete), { ok: true, value: { live: true } });
  });

  test('fails once if nothing answers', async () => {
    const { client, found } = start(`http://127.0.0.1:${await freePort()}`);
    assert.equal((await failureOf(client.publish(cardDelete))).kind, 'unreachable');
    assert.deepEqual(found, []);
  });
});
