import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import * as z from 'zod';
import { checkRules } from '../../src/commands/rules/check.ts';
import { explainRules } from '../../src/commands/rules/explain.ts';
import { rulesSchema } from '../../src/commands/rules/json-schema.ts';
import { printSchema } from '../../src/commands/rules/schema.ts';
import { serve as serveHttp } from '../http/server.ts';
import { fileOf, invalid, valid } from './rules-files.ts';
import { createTerminal } from './terminal.ts';

describe('rules check', () => {
  test('prints the number of rules of a valid file, without the other settings', () => {
    const terminal = createTerminal({});
    assert.equal(checkRules(valid, terminal.terminal), 0);
    assert.equal(terminal.all(), `${valid} is valid: 3 rules.`);
  });

  test('prints every problem with file, line and column, and no topic', () => {
    const terminal = createTerminal({ RULES_FILE: invalid });
    assert.equal(checkRules(undefined, terminal.terminal), 1);
    assert.equal(terminal.out(), '');
    assert.deepEqual(
      terminal
        .err()
        .split('\n')
        .map((line) => line.replace(invalid, 'f')),
      [
        'f:3:12: rule "a": topic must be the name of a topic on the server of NTFY_TOPIC, not an address.',
        'f:4:5: rule "a" has an unknown key "sned"; did you mean send?',
      ],
    );
  });

  test('warns about a topic without rules; without the other settings it may be that of NTFY_TOPIC', () => {
    const file = fileOf('unused.yaml', 'topics: { planted-a: {} }');
    const warningOf = (env: Record<string, string>) => {
      const terminal = createTerminal(env);
      assert.equal(checkRules(file, terminal.terminal), 0);
      return terminal.err().replace(file, 'f');
    };
    assert.equal(warningOf({}), 'f:1:11: no rule sends to this topic, unless it is that of NTFY_TOPIC.');
    assert.equal(warningOf({ NTFY_TOPIC: 'other' }), 'f:1:11: no rule sends to this topic.');
    assert.equal(warningOf({ NTFY_TOPIC: 'planted-a' }), '');
  });

  test('without a file is a usage error', () => {
    const terminal = createTerminal({});
    assert.equal(checkRules(undefined, terminal.terminal), 64);
    assert.match(terminal.err(), /set RULES_FILE/);
  });
});

const explain = async (options: Record<string, string | string[]>, hash?: string) => {
  const terminal = createTerminal({});
  const status = await explainRules(hash, { file: valid, ...options }, terminal.terminal);
  return { status, out: terminal.out(), err: terminal.err() };
};

describe('rules explain', () => {
  test('names the rule that applies, why others do not, and what is sent', async () => {
    const { status, out } = await explain({ name: 'Film', category: 'films/4k', size: '12 GB', tag: ['a'] });
    assert.equal(status, 0);
    assert.deepEqual(out.split('\n'), [
      'Torrent: name Film; category films/4k; tags a; tracker unknown; path unknown; size 12.0 GB; private unknown',
      '1. cross-seed: category does not match',
      '2. large films: matches',
      '3. by hand: not checked: a rule above it matches',
      'Rule "large films" applies.',
      "Topic: the rule's own",
      'Sends: completion',
      'completion: priority 5, with a sound, tags popcorn',
      '  title: Film',
      '  message: Film has finished downloading.',
      '  message: 12.0 GB in 7m 5s, 28.2 MB/s on average, ratio 0.3',
    ]);
  });

  test('names the buttons of a rule by kind, and none if they are the default ones', async () => {
    const { out } = await explain({ name: 'Film', tag: ['notify'], private: 'true', size: '1 GB' });
    assert.match(out, /^progress: [^]*\n {2}buttons: mute, pause\ncompletion:/m);
    assert.match(out, /^alerts: [^]*\n {2}buttons: none$/m);
    assert.equal(out.match(/^ {2}buttons:/gm)?.length, 2);
  });

  test('says what is unknown, and that nothing is decided before the metadata', async () => {
    const { out } = await explain({ category: 'films', tag: ['notify'] });
    assert.match(out, /^2\. large films: size unknown$/m);
    assert.match(out, /^3\. by hand: private unknown$/m);
    assert.match(out, /^No rule applies\.\nNot decided before the metadata/m);
    assert.match(out, /^Topic: NTFY_TOPIC\nSends: progress, completion, alerts$/m);
  });

  test('names the settings of the topic, and leaves out progress that they or PROGRESS turn off', async () => {
    const file = fileOf(
      'topics.yaml',
      `
rules:
  - name: films
    match: { category: films }
    topic: planted-films
  - name: music
    match: { category: music }
    topic: planted-music
topics:
  planted-films: { digest_from: never, summary_from: 20, progress: none }
  planted-music: { progress: cards }
`,
    );
    const linesOf = async (category: string, env: Record<string, string> = {}) => {
      const terminal = createTerminal(env);
      assert.equal(await explainRules(undefined, { file, category, size: '1 GB' }, terminal.terminal), 0);
      assert.doesNotMatch(terminal.all(), /planted/);
      return terminal.out().split('\n');
    };
    const films = await linesOf('films');
    assert.ok(films.includes('Topic settings: digest_from never, summary_from 20, progress none'));
    assert.ok(films.includes('Sends: completion, alerts'));
    const env = { NTFY_TOPIC: 'planted-default', PROGRESS: 'none' };
    const all = 'Sends: progress, completion, alerts';
    assert.deepEqual(
      (await linesOf('music', env)).filter((line) => /^(Topic settings|Sends):/.test(line)),
      ['Topic settings: progress cards', all],
    );
    assert.ok((await linesOf('other')).includes(all));
    assert.ok((await linesOf('other', env)).includes('Sends: completion, alerts'));
  });

  test('refuses invalid options and hashes', async () => {
    for (const [options, hash, problem] of [
      [{ size: 'big' }, undefined, /^--size must be a size with its unit/],
      [{ private: 'maybe' }, undefined, /^--private must be true or false/],
      [{}, 'xyz', /40 hexadecimal digits/],
    ] as const) {
      const { status, err } = await explain(options, hash);
      assert.equal(status, 64);
      assert.match(err, problem);
    }
  });

  test('reads a torrent from qBittorrent, and cuts its tracker to the host', async () => {
    const hash = 'ab'.repeat(20);
    const entry = {
      hash,
      name: 'Film\u001b[31m',
      category: 'films',
      tags: 'a, notify',
      tracker: 'https://tracker.example.org:8443/planted-passkey/announce',
      save_path: '/data',
      size: 2e10,
    };
    const requests: string[] = [];
    await using qbittorrent = await serveHttp((incoming, outgoing) => {
      requests.push(incoming.url ?? '');
      const isInfo = incoming.url === '/api/v2/torrents/info';
      outgoing.end(isInfo ? JSON.stringify([entry]) : '2.11.4');
    });
    const terminal = createTerminal({ QBIT_HOST: qbittorrent.url, NTFY_TOPIC: 'planted-default' });
    assert.equal(
      await explainRules(hash.toUpperCase(), { file: valid }, terminal.terminal),
      0,
      terminal.err(),
    );
    assert.match(
      terminal.out(),
      /category films; tags a, notify; tracker tracker\.example\.org; path \/data; size 20/,
    );
    assert.match(terminal.out(), /^Rule "large films" applies\.$/m);
    assert.ok(!terminal.all().includes('planted') && !terminal.all().includes('\u001b'));
    assert.ok(requests.includes('/api/v2/torrents/info'));
  });

  test('for a hash that qBittorrent does not know ends with status 1', async () => {
    await using qbittorrent = await serveHttp((incoming, outgoing) =>
      outgoing.end(incoming.url === '/api/v2/torrents/info' ? '[]' : '2.11.4'),
    );
    const terminal = createTerminal({ QBIT_HOST: qbittorrent.url, NTFY_TOPIC: 'planted-default' });
    assert.equal(await explainRules('a'.repeat(40), { file: valid }, terminal.terminal), 1);
    assert.match(terminal.err(), /no torrent with this hash/);
  });
});

const threshold = (value: string) => `topics: { films: { digest_from: ${value}, summary_from: 3 } }`;

describe('rules schema', () => {
  test('prints a JSON Schema that accepts valid files and no others', () => {
    const terminal = createTerminal({});
    assert.equal(printSchema(terminal.terminal), 0);
    assert.deepEqual(JSON.parse(terminal.out()), JSON.parse(JSON.stringify(rulesSchema())));
    const schema = z.fromJSONSchema(JSON.parse(terminal.out()) as Parameters<typeof z.fromJSONSchema>[0]);
    const example = readFileSync(new URL('../../rules.example.yaml', import.meta.url), 'utf8');
    assert.equal(schema.safeParse(parse(example)).success, true);
    assert.match(
      terminal.out(),
      /"description": "false: completions and alerts of the rule are never grouped\."/,
    );
    for (const value of ['1', '1000', 'never'])
      assert.equal(schema.safeParse(parse(threshold(value))).success, true, value);
    assert.ok(schema.safeParse(parse('rules: [{ name: a, alerts: { buttons: [mute, recheck] } }]')).success);
    for (const text of [
      ...['0', '1001', '2.5', 'off'].map(threshold),
      'rule: []',
      'rules: [{}]',
      'rules: [{ name: a, sned: [] }]',
      'rules: [{ name: a, added: { priority: 6 } }]',
      'rules: [{ name: a, progress: { buttons: [mute, pause, delete, recheck] } }]',
      'rules: [{ name: a, progress: { buttons: [open] } }]',
    ])
      assert.equal(schema.safeParse(parse(text)).success, false, text);
  });
});
