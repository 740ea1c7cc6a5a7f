import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testNotification } from '../../src/commands/test-notification.ts';
import { startNtfySimulator } from '../../src/simulator/index.ts';
import { createTerminal } from './terminal.ts';

const TOKEN = 'tk_plantedplantedplantedplanted12';

const envOf = (url: string, token = TOKEN) => ({ NTFY_TOPIC: `${url}/planted-topic`, NTFY_TOKEN: token });

test('one silent card is updated, one makes a sound, and only that one is left', async () => {
  await using ntfy = await startNtfySimulator({ token: TOKEN });
  const terminal = createTerminal(envOf(ntfy.url));
  assert.equal(await testNotification(terminal.terminal, 0), 0, terminal.all());
  assert.deepEqual(
    ntfy.messages.map(({ event, priority, sequence_id }) => [event, priority, sequence_id]),
    [
      ['message', 2, 'qbit-test'],
      ['message', 2, 'qbit-test'],
      ['message', 4, 'qbit-test-done'],
      ['message_delete', undefined, 'qbit-test'],
    ],
  );
  assert.deepEqual([ntfy.sounds.length, ntfy.cards().length], [1, 1]);
  assert.match(terminal.out(), /supports sequence IDs/);
  assert.doesNotMatch(terminal.all(), /planted/);
});

test('with a rule, the notifications have its texts and priorities, and go to its topic', async () => {
  await using ntfy = await startNtfySimulator({ token: TOKEN });
  const terminal = createTerminal({ ...envOf(ntfy.url), UNITS: 'binary', LOCALE: 'de' });
  const rule = {
    topic: 'planted-films',
    styles: {
      progress: { rule: 'films', priority: 1, tags: ['popcorn'] },
      completion: { rule: 'films', priority: 2, title: '{{rule}}: {{size}}', message: '{{name}}' },
    },
  };
  assert.equal(await testNotification(terminal.terminal, 0, () => rule), 0, terminal.all());
  assert.deepEqual(
    ntfy.messages.map(({ event, topic, priority, title, tags }) => [event, topic, priority, title, tags]),
    [
      ['message', 'planted-films', 1, 'A test of qbit-ntfy-sidecar', ['popcorn']],
      ['message', 'planted-films', 1, 'A test of qbit-ntfy-sidecar', ['popcorn']],
      ['message', 'planted-films', 2, 'films: 668 MiB', ['white_check_mark']],
      ['message_delete', 'planted-films', undefined, undefined, undefined],
    ],
  );
  assert.equal(ntfy.sounds.length, 0);
  assert.match(terminal.out(), /a second card, "films: 668 MiB", without a sound/);
  assert.match(terminal.out(), /Left on the phone: one card, "films: 668 MiB"/);
  assert.doesNotMatch(terminal.all(), /planted/);
});

test('without the named rule nothing is sent, and the status is that of the search', async () => {
  await using ntfy = await startNtfySimulator({ token: TOKEN });
  const { terminal } = createTerminal(envOf(ntfy.url));
  assert.equal(await testNotification(terminal, 0, () => 64), 64);
  assert.equal(ntfy.messages.length, 0);
});

test('an older ntfy is reported, and receives no request that it does not support', async () => {
  await using ntfy = await startNtfySimulator({ token: TOKEN, generation: 'legacy' });
  const terminal = createTerminal(envOf(ntfy.url));
  assert.equal(await testNotification(terminal.terminal, 0), 0);
  assert.equal(ntfy.messages.length, 3);
  assert.match(terminal.out(), /does not support sequence IDs/);
});

test('a rejection ends the command with status 1 and the reason', async () => {
  await using ntfy = await startNtfySimulator({ token: TOKEN });
  const terminal = createTerminal(envOf(ntfy.url, 'tk_planted'));
  assert.equal(await testNotification(terminal.terminal, 0), 1);
  assert.match(terminal.err(), /refused: .*40101/);
  assert.doesNotMatch(terminal.all(), /planted/);
});
