/** What the client reports as accepted: what the preview on the page shows. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Notification } from '../../machines/domain.ts';
import { createNtfyClient } from '../../src/ntfy/client.ts';
import type { PhoneChange } from '../../src/ntfy/phone-change.ts';
import { startNtfySimulator } from '../../src/simulator/index.ts';
import type { NtfySimulator } from '../../src/simulator/index.ts';
import { secret } from '../../src/util/secret.ts';
import { freePort } from '../servers/index.ts';
import { completionOf, key, progressOf } from './cards.ts';
import { cardDelete, none, topic } from './clients.ts';

const buttons = {
  url: 'https://ntfy.example/planted-command-topic',
  token: secret('tk_planted'),
  sign: () => 'v1.planted.signature',
};

function start({ url: server }: Pick<NtfySimulator, 'url'>, topicOf: () => string | null = () => null) {
  const changes: PhoneChange[] = [];
  const client = createNtfyClient(
    { server, topic, auth: none, rate: null, retryMax: 0 },
    { instance: 'qbit', timeZone: 'UTC', buttons, webUi: 'http://planted.example' },
    { onAccepted: (change) => changes.push(change), topicOf },
  );
  return { client, changes };
}

const sequence = `qbit-${key}`;
const withButtons = {
  ...progressOf(),
  buttons: { round: 1, serial: 1, expiresAt: 0, actions: ['pause', 'mute', 'delete'] },
} satisfies Notification;

describe('an accepted message', () => {
  test('is reported with its text, its buttons by their labels, and nothing secret', async () => {
    await using ntfy = await startNtfySimulator();
    const { client, changes } = start(ntfy);
    await client.publish(withButtons);
    assert.deepEqual(changes, [
      {
        type: 'published',
        route: 'default',
        rule: null,
        sequence,
        isUpdated: true,
        title: 'debian.iso',
        message: ntfy.messages[0]?.message,
        priority: 2,
        tags: ['arrow_down'],
        buttons: ['Pause', 'Mute', 'Delete'],
      },
    ]);
    assert.doesNotMatch(JSON.stringify(changes), /planted|https?:|"downloads"/);
  });

  test('on the topic of a rule names the rule, not the topic', async () => {
    await using ntfy = await startNtfySimulator();
    const { client, changes } = start(ntfy, () => 'planted-films');
    await client.publish({ ...completionOf(), route: 'f1', rule: 'films' });
    await client.publish({ ...cardDelete, route: 'f1' });
    assert.deepEqual(
      changes.map(({ type, route }) => [type, route]),
      [
        ['published', 'f1'],
        ['deleted', 'f1'],
      ],
    );
    assert.equal(ntfy.messages[0]?.topic, 'planted-films');
    assert.doesNotMatch(JSON.stringify(changes), /planted/);
  });

  test('for a topic that is not known any more is on the default one', async () => {
    await using ntfy = await startNtfySimulator();
    const { client, changes } = start(ntfy);
    await client.publish({ ...completionOf(), route: 'f1', rule: 'films' });
    assert.equal(ntfy.messages[0]?.topic, topic);
    assert.deepEqual(
      changes.map(({ route }) => route),
      ['default'],
    );
  });

  test('by an ntfy before 2.16 is a card of its own, and none is deleted', async () => {
    await using ntfy = await startNtfySimulator({ generation: 'legacy' });
    const { client, changes } = start(ntfy);
    await client.publish(progressOf());
    await client.publish(cardDelete);
    assert.deepEqual(
      changes.map((change) => change.type === 'published' && !change.isUpdated),
      [true],
    );
  });
});

describe('an accepted deletion', () => {
  test('is reported for each card', async () => {
    await using ntfy = await startNtfySimulator();
    const { client, changes } = start(ntfy);
    await client.publish({ ...cardDelete, alerted: true });
    assert.deepEqual(changes, [
      { type: 'deleted', route: 'default', sequence },
      { type: 'deleted', route: 'default', sequence: `${sequence}-err` },
    ]);
  });

  test('by a last update shows the end', async () => {
    await using ntfy = await startNtfySimulator();
    const { client, changes } = start(ntfy);
    ntfy.fail(({ method }) => method === 'DELETE', { kind: 'status', status: 405, body: '<html>no</html>' });
    ntfy.fail('/clear', { kind: 'status', status: 403, body: '<html>no</html>' });
    await client.publish(progressOf());
    assert.equal((await client.publish(cardDelete)).ok, true);
    assert.deepEqual(
      changes.map((change) => [change.sequence, change.type === 'published' && change.title]),
      [
        [sequence, 'debian.iso'],
        [sequence, 'Ended'],
      ],
    );
  });
});

describe('nothing is reported', () => {
  const refusals = {
    'a rate limit': {
      kind: 'status',
      status: 429,
      body: '{"code":42901,"http":429,"error":"limit reached"}',
    },
    'a rejected message': { kind: 'status', status: 400, body: '{"code":40001,"http":400,"error":"no"}' },
    'a server error': { kind: 'status', status: 500 },
    'a login page that answers 200': { kind: 'status', status: 200, body: '<html>Log in</html>' },
    'a closed connection': { kind: 'close' },
    'a message that arrives, but whose answer is lost': { kind: 'lose' },
  } as const;
  for (const [name, fault] of Object.entries(refusals))
    test(`after ${name}`, async () => {
      await using ntfy = await startNtfySimulator();
      const { client, changes } = start(ntfy);
      const heal = ntfy.fail(() => true, fault);
      for (const notification of [progressOf(), completionOf(), cardDelete])
        assert.equal((await client.publish(notification)).ok, false);
      assert.deepEqual(changes, []);
      heal();
      await client.publish(completionOf());
      assert.equal(changes.length, 1, 'when it is accepted, it is');
    });

  test('while ntfy does not run', async () => {
    const { client, changes } = start({ url: `http://127.0.0.1:${await freePort()}` });
    assert.equal((await client.publish(completionOf())).ok, false);
    assert.deepEqual(changes, []);
  });
});
