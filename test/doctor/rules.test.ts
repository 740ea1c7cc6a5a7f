import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseRules } from '../../src/config/rules/index.ts';
import { checkNames } from '../../src/doctor/rules.ts';
import { createConnection } from '../../src/qbittorrent/connection.ts';
import { serve } from '../http/server.ts';
import { realTest, startQbittorrent } from '../servers/index.ts';
import type { QbittorrentGeneration } from '../servers/index.ts';
import { assertDiagnosis, examine, PLANTED, startSetup, temporaryFolder } from './setup.ts';

const rulesFile = (stack: AsyncDisposableStack, text: string): string => {
  const path = join(temporaryFolder(stack), 'rules.yaml');
  writeFileSync(path, text);
  return path;
};

test('without RULES_FILE there is nothing to check', async () => {
  await using setup = await startSetup();
  const diagnosis = await examine(setup.env);
  assert.deepEqual([diagnosis.of('rules').status, diagnosis.with('fail')], ['ok', []]);
});

test('a valid file is reported with the number of its rules', async () => {
  await using stack = new AsyncDisposableStack();
  const setup = stack.use(await startSetup());
  const RULES_FILE = rulesFile(stack, 'rules: [{ name: a, topic: planted-films }]');
  const diagnosis = await examine({ ...setup.env, RULES_FILE });
  assert.equal(diagnosis.of('rules').found, 'RULES_FILE is valid: 1 rule');
});

test('an invalid file, and a missing one, are failures with line and column', async () => {
  await using stack = new AsyncDisposableStack();
  const setup = stack.use(await startSetup());
  const RULES_FILE = rulesFile(stack, 'rules:\n  - name: a\n    topic: planted/films\n    sned: []\n');
  assertDiagnosis(await examine({ ...setup.env, RULES_FILE }), {
    fails: 'rules',
    found: /^rules\.yaml:3:12: .*not an address\. rules\.yaml:4:5: .*did you mean send\?$/,
    advice: /rules check/,
  });
  assertDiagnosis(await examine({ ...setup.env, RULES_FILE: `${RULES_FILE}.missing` }), {
    fails: 'rules',
    found: /the file does not exist/,
    advice: /rules check/,
  });
});

test('the topics of the rules are tried: one that ntfy refuses is a failure, and named by its rule', async () => {
  await using stack = new AsyncDisposableStack();
  const topics = [PLANTED.topic, 'planted-films'];
  const setup = stack.use(await startSetup({ ntfy: { topics } }));
  const films = '{ name: films, topic: planted-films }';
  const diagnosisOf = (rules: string) =>
    examine({ ...setup.env, RULES_FILE: rulesFile(stack, `rules: [${rules}]`) });
  const allowed = await diagnosisOf(films);
  assert.deepEqual(allowed.with('fail'), []);
  assert.match(allowed.of('ntfy-access').found, /may publish to the topic, and to those of the rules$/);
  assertDiagnosis(await diagnosisOf(`{ name: tv, match: { tag: tv }, topic: planted-tv }, ${films}`), {
    fails: 'ntfy-access',
    found: /^the topic of the rule "tv": NTFY_TOKEN may not publish to the topic \(403\)$/,
    advice: /ntfy access/,
  });
  assert.deepEqual(setup.ntfy.messages, []);
});

test('a rule that never applies is a warning', async () => {
  await using stack = new AsyncDisposableStack();
  const setup = stack.use(await startSetup());
  const RULES_FILE = rulesFile(stack, 'rules: [{ name: a }, { name: b }]');
  const diagnosis = await examine({ ...setup.env, RULES_FILE });
  assert.deepEqual([diagnosis.with('warn'), diagnosis.with('fail')], [['rules'], []]);
  assert.match(diagnosis.of('rules').found, /rule "b" never applies/);
});

const NAMES = `
rules:
  - { name: a, match: { category: [films, "Ser*", flims] } }
  - { name: b, match: { tag: [notify, "no such*"], category: "" } }
`;

/** What is found on a qBittorrent that answers these. */
async function namesOf(answers: Record<string, string>) {
  await using qbittorrent = await serve((incoming, outgoing) => {
    const text = answers[incoming.url ?? ''];
    outgoing.writeHead(text === undefined ? 404 : 200).end(text ?? '');
  });
  const connection = createConnection({ url: qbittorrent.url.slice(0, -1), auth: { kind: 'none' } });
  const parsed = parseRules(NAMES, { server: '', topic: '' });
  assert.ok(parsed.ok);
  return await checkNames(connection, parsed.rules);
}

test('a category or a tag that no name in qBittorrent matches is a warning, once all are known there is none', async () => {
  const categories = JSON.stringify({ Films: {}, 'series/anime': {} });
  const found = await namesOf({
    '/api/v2/torrents/categories': categories,
    '/api/v2/torrents/tags': '["Notify"]',
  });
  assert.deepEqual(
    [found?.status, found?.found],
    ['warn', 'qBittorrent has no category that matches "flims", no tag that matches "no such*"'],
  );
  const all = {
    '/api/v2/torrents/categories': '{"films":{},"ser":{},"flims":{}}',
    '/api/v2/torrents/tags': '["notify","no such"]',
  };
  assert.equal(await namesOf(all), null);
});

test('a qBittorrent that does not list its categories or tags raises no warning', async () => {
  assert.equal(await namesOf({}), null);
  assert.equal(
    await namesOf({ '/api/v2/torrents/categories': '<html>', '/api/v2/torrents/tags': '{}' }),
    null,
  );
});

for (const generation of ['legacy', 'current'] satisfies QbittorrentGeneration[]) {
  realTest(
    `on qBittorrent ${generation} the doctor names the categories and tags that do not exist`,
    { needs: [`qbittorrent ${generation}`] },
    async () => {
      await using stack = new AsyncDisposableStack();
      const qbittorrent = stack.use(await startQbittorrent(generation));
      await qbittorrent.api('torrents/createCategory', { category: 'films' });
      await qbittorrent.api('torrents/createTags', { tags: 'notify' });
      const env = {
        PATH: '',
        QBIT_HOST: qbittorrent.url,
        QBIT_USER: qbittorrent.username,
        QBIT_PASS: qbittorrent.password,
        NTFY_TOPIC: 'http://127.0.0.1:9/downloads',
        HOOK_PORT: '0',
      };
      const diagnose = async (text: string) =>
        (await examine({ ...env, RULES_FILE: rulesFile(stack, text) })).of('rules');
      assert.deepEqual(await diagnose(NAMES), {
        id: 'rules',
        title: 'Rules',
        status: 'warn',
        found:
          'qBittorrent has no category that matches "Ser*", no category that matches "flims", no tag that matches "no such*"',
        advice: 'Correct the names in RULES_FILE, or create them in qBittorrent.',
      });
      const known = await diagnose('rules: [{ name: a, match: { category: Films, tag: "not*" } }]');
      assert.deepEqual([known.status, known.found], ['ok', 'RULES_FILE is valid: 1 rule']);
    },
  );
}
