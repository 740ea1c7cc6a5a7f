import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { testNotification } from '../../src/commands/test-notification.ts';
import { startNtfySimulator } from '../../src/simulator/index.ts';
import { findTestRule } from '../../src/commands/rules/test-rule.ts';
import { fileOf, invalid } from './rules-files.ts';
import { createTerminal } from './terminal.ts';

const RULES_FILE = fileOf(
  'styled.yaml',
  `
rules:
  - name: films
    topic: planted-films
    send: [progress, completion]
    progress: { priority: 1, tags: popcorn }
    completion: { priority: 2, title: "{{rule}}: {{size}}", message: "{{name}}" }
  - name: all
    send: [added, progress, completion, alerts, removed]
    added: { priority: 3, title: "{{category}}, {{tags}}" }
    removed: { title: "Gone at {{percent}} %" }
  - name: silent
    send: []
  - name: still
    topic: planted-still
topics:
  planted-still: { progress: none }
`,
);
const TOKEN = 'tk_plantedplantedplantedplanted12';

/** The rule with this name in `RULES_FILE`. */
const ruled = (name: string) => (terminal: Parameters<typeof findTestRule>[1]) =>
  findTestRule(name, terminal);

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
  const terminal = createTerminal({ ...envOf(ntfy.url), RULES_FILE, UNITS: 'binary', LOCALE: 'de' });
  assert.equal(await testNotification(terminal.terminal, 0, ruled('films')), 0, terminal.all());
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
  assert.match(terminal.out(), /accepted: a card of its own, "films: 668 MiB", without a sound$/m);
  assert.match(terminal.out(), /Left on the phone: one card, "films: 668 MiB"/);
  assert.doesNotMatch(terminal.all(), /planted/);
});

test('a rule that sends all kinds shows one card of each, and those of progress and alert are deleted', async () => {
  await using ntfy = await startNtfySimulator({ token: TOKEN });
  const terminal = createTerminal({ ...envOf(ntfy.url), RULES_FILE });
  assert.equal(await testNotification(terminal.terminal, 0, ruled('all')), 0, terminal.all());
  assert.deepEqual(
    ntfy.messages.map(({ event, priority, title, sequence_id }) => [event, priority, title, sequence_id]),
    [
      ['message', 3, 'films/4k, large, notify', 'qbit-test-new'],
      ['message', 2, 'A test of qbit-ntfy-sidecar', 'qbit-test'],
      ['message', 2, 'A test of qbit-ntfy-sidecar', 'qbit-test'],
      ['message', 4, 'Download Complete', 'qbit-test-done'],
      ['message', 4, 'A test of qbit-ntfy-sidecar', 'qbit-test-err'],
      ['message', 2, 'Gone at 75 %', 'qbit-test-gone'],
      ['message_delete', undefined, undefined, 'qbit-test'],
      ['message_delete', undefined, undefined, 'qbit-test-err'],
    ],
  );
  assert.match(terminal.out(), /^ {2}accepted: the card at 75 % and the alert are deleted$/m);
  assert.match(
    terminal.out(),
    /^Left on the phone: 3 cards, "films\/4k, large, notify", "Download Complete", "Gone at 75 %"\./m,
  );
});

test('a rule whose topic shows no progress sends no card that is updated', async () => {
  await using ntfy = await startNtfySimulator({ token: TOKEN });
  const terminal = createTerminal({ ...envOf(ntfy.url), RULES_FILE });
  assert.equal(await testNotification(terminal.terminal, 0, ruled('still')), 0, terminal.all());
  assert.deepEqual(
    ntfy.messages.map(({ event, topic, sequence_id }) => [event, topic, sequence_id]),
    [
      ['message', 'planted-still', 'qbit-test-done'],
      ['message', 'planted-still', 'qbit-test-err'],
      ['message_delete', 'planted-still', 'qbit-test'],
      ['message_delete', 'planted-still', 'qbit-test-err'],
    ],
  );
});

describe('nothing is sent', () => {
  const attempts: [why: string, name: string, file: string, status: number, text: RegExp][] = [
    ['by a rule that sends nothing', 'silent', RULES_FILE, 0, /^This rule sends no notifications\.$/],
    ['without a rule of that name', 'filsm', RULES_FILE, 64, /no rule "filsm"; did you mean "films"\?/],
    ['without a rules file', 'films', '', 64, /set RULES_FILE/],
    ['by an invalid file', 'films', invalid, 1, /unknown key "sned"/],
  ];
  for (const [why, name, file, status, text] of attempts) {
    test(why, async () => {
      await using ntfy = await startNtfySimulator({ token: TOKEN });
      const terminal = createTerminal({ ...envOf(ntfy.url), RULES_FILE: file });
      assert.equal(await testNotification(terminal.terminal, 0, ruled(name)), status);
      assert.match(terminal.all(), text);
      assert.doesNotMatch(terminal.all(), /planted/);
      assert.equal(ntfy.messages.length, 0);
    });
  }
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
