/** The set-ups of docs/buttons.md on a real ntfy, line by line: what the doctor says, and who can do what. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/index.ts';
import { diagnose } from '../../src/doctor/index.ts';
import { realTest } from '../servers/index.ts';
import { abilitiesOf, startServer } from './buttons-server.ts';
import type { CardContent, Person } from './buttons-server.ts';
import { blocksOf, commandsOf, sectionOf } from './document.ts';

const needs = ['ntfy current'] as const;
const PAGE = 'buttons.md';

const OPEN = 'ntfy.sh without an account';
const ACCESS = 'Your own ntfy, with access control';
const TOKEN = 'Publishing needs a token';

/** The output of `ntfy user hash` for a password. */
const HASH = '$2a$10$YLiO8U21sX1uhZamTLJXHuxgVC0Z/GKISibrKCLohPgtG7yIxSk4C';

const textOf = (title: string, language: string): string =>
  blocksOf(title, PAGE).find((block) => block.language === language)?.text ?? '';

/** The part of ntfy's `server.yml` that the page shows. */
const settingsIn = (title: string, replace = (text: string) => text): Record<string, unknown> =>
  parse(replace(textOf(title, 'yaml')));

/** The doctor's results about ntfy and the buttons. On loopback without TLS, the phone's address is a warning. */
async function examine(env: Record<string, string | undefined>): Promise<Record<string, string>> {
  const findings = await diagnose({ QBIT_HOST: 'http://127.0.0.1:9', HOOK_PORT: '0', ...env });
  const of = findings.filter(({ id }) => /^(configuration|ntfy|buttons)/.test(id));
  return Object.fromEntries(of.map(({ id, status, found }) => [id, `${status}: ${found}`]));
}

const ALL_WELL = {
  configuration: /^ok/,
  ntfy: /^ok/,
  'ntfy-access': /^ok/,
  'ntfy-updates': /^ok/,
  'ntfy-deletions': /^ok/,
  'ntfy-limits': /^ok/,
  buttons: /^warn: the phone publishes to 127\.0\.0\.1:\d+, which cannot be reached .* without encryption$/,
  'buttons-reading': /^ok/,
  'buttons-publishing': /^ok/,
};

function assertFindings(found: Record<string, string>, expected: Record<string, RegExp>): void {
  assert.deepEqual(Object.keys(found).toSorted(), Object.keys(expected).toSorted());
  for (const [id, pattern] of Object.entries(expected)) assert.match(found[id] ?? '', pattern, id);
}

/** A cell as yes or no: "each one once" is a yes with a condition. */
const answerOf = (cell: string): string =>
  cell
    .trim()
    .replace(/^each one once$/, 'yes')
    .replace(/[,:] .*$/, '');

/** The rows of the section's table. */
function tableOf(title: string): Record<string, string[]> {
  const rows = [...sectionOf(title, PAGE).matchAll(/^\| ([^|]+) \|(.*)\|$/gm)].slice(1);
  return Object.fromEntries(
    rows.flatMap(([, who = '', text = '']) =>
      who.startsWith('---') ? [] : [[who, text.split('|').map(answerOf)]],
    ),
  );
}

async function assertTable(
  title: string,
  url: string,
  people: Record<string, Person>,
  card: CardContent,
): Promise<void> {
  const found: Record<string, string[]> = {};
  for (const [who, person] of Object.entries(people)) found[who] = await abilitiesOf(url, person, card);
  assert.deepEqual(found, tableOf(title));
}

/** The lines of the page, also where there is no openssl. */
const OPENSSL = `command -v openssl >/dev/null || openssl() { '${process.execPath}' -p 'crypto.randomBytes(12).toString("hex")'; }`;

realTest('ntfy.sh without an account: as the page says', { needs }, async () => {
  await using ntfy = await startServer({});
  const lines = commandsOf(blocksOf(OPEN, PAGE));
  assert.equal(lines.length, 2);
  execFileSync('sh', ['-ec', [OPENSSL, ...lines].join('\n')], { cwd: ntfy.folder });
  const env = parseEnv(readFileSync(join(ntfy.folder, 'qbit-ntfy.env'), 'utf8'));
  assert.match(env['NTFY_TOPIC'] ?? '', /^https:\/\/ntfy\.sh\/downloads-[0-9a-f]{24}$/);
  assert.match(env['COMMAND_TOPIC'] ?? '', /^commands-[0-9a-f]{24}$/);
  const parsed = parseConfig(env);
  assert.ok(parsed.ok);
  assert.equal(parsed.config.commands?.url, `https://ntfy.sh/${env['COMMAND_TOPIC']}`);
  const found = await examine({
    ...env,
    NTFY_TOPIC: env['NTFY_TOPIC']?.replace('https://ntfy.sh', ntfy.url),
  });
  assertFindings(found, { ...ALL_WELL, 'buttons-reading': /^warn: everyone may read the command topic/ });
  const { topic: cards } = parsed.config.ntfy;
  const { topic } = parsed.config.commands;
  const people = {
    'knows the topic of the cards': { cards },
    'knows only the command topic': { commands: topic },
  };
  await assertTable(OPEN, ntfy.url, { ...people, 'anyone else': {} }, { topic });
});

/** The settings that the page shows, with the address and the tokens of this server. */
function settingsOf(title: string, url: string, tokens: Record<string, string>): Record<string, string> {
  const shown = parseEnv(textOf(title, 'ini').replace('https://ntfy.example.org', url)) as Record<
    string,
    string
  >;
  for (const [name, token] of Object.entries(tokens)) {
    assert.match(shown[name] ?? '', /^tk_[a-z]+$/);
    shown[name] = token;
  }
  return shown;
}

const phone = { cards: 'downloads', auth: `Basic ${btoa('phone:secret')}` };
const topic = 'downloads-commands';
const stranger = { commands: topic };

realTest('ntfy with access control: the lines of the page lead to what it says', { needs }, async () => {
  await using ntfy = await startServer(settingsIn(ACCESS));
  const output = commandsOf(blocksOf(ACCESS, PAGE)).map((line) => ntfy.run(line));
  const NTFY_TOKEN = /tk_\w+/.exec(output.at(-1) ?? '')?.[0] ?? '';
  assertFindings(await examine(settingsOf(ACCESS, ntfy.url, { NTFY_TOKEN })), ALL_WELL);
  const people = { 'the user `phone`': phone, 'knows only the command topic': stranger };
  await assertTable(ACCESS, ntfy.url, people, { topic });
});

realTest(
  'an ntfy where publishing needs a token: the configuration of the page does what it says',
  { needs },
  async () => {
    const tokens = { sidecar: `tk_${'sidecar'.padEnd(29, 'x')}`, buttons: `tk_${'buttons'.padEnd(29, 'x')}` };
    await using ntfy = await startServer(
      settingsIn(TOKEN, (text) =>
        text
          .replaceAll('HASH', HASH)
          .replace(/"(sidecar|buttons):TOKEN/g, (_, name: keyof typeof tokens) => `"${name}:${tokens[name]}`),
      ),
    );
    const { sidecar: NTFY_TOKEN, buttons: COMMAND_TOKEN } = tokens;
    assertFindings(await examine(settingsOf(TOKEN, ntfy.url, { NTFY_TOKEN, COMMAND_TOKEN })), ALL_WELL);
    // The password of HASH is not known.
    const reader = /tk_\w+/.exec(ntfy.run('ntfy token add phone'))?.[0] ?? '';
    const people = {
      'the user `phone`': { ...phone, auth: `Bearer ${reader}` },
      'has only `COMMAND_TOKEN`': { commands: topic, auth: `Bearer ${COMMAND_TOKEN}` },
      'knows only the command topic': stranger,
    };
    await assertTable(TOKEN, ntfy.url, people, { topic, token: COMMAND_TOKEN });
    await assertTokens(ntfy.url, COMMAND_TOKEN);
    assert.match(ntfy.run('ntfy token list buttons'), /made by its holder/);
  },
);

/** The holder of the token can make another one; it can do nothing else, and the one of server.yml stays. */
async function assertTokens(url: string, token: string): Promise<void> {
  const call = (method: string, body?: object) =>
    fetch(`${url}/v1/account/token`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const made = (await (await call('POST', { label: 'made by its holder' })).json()) as { token: string };
  const auth = `Bearer ${made.token}`;
  assert.deepEqual(await abilitiesOf(url, { cards: 'downloads', commands: topic, auth }, { topic }), [
    'no',
    'no',
    'no',
    'yes',
  ]);
  assert.equal((await call('DELETE')).status, 409);
}

test('the settings that the page shows are valid', () => {
  for (const title of [ACCESS, TOKEN]) {
    const parsed = parseConfig(parseEnv(textOf(title, 'ini')));
    assert.ok(parsed.ok, parsed.ok ? '' : parsed.message);
  }
});
