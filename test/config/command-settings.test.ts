/** `COMMAND_TOPIC`, `COMMAND_TOKEN`, `COMMAND_SECRET_FILE` and `WEBUI_URL`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseConfig, settingsTable, type Config } from '../../src/config/index.ts';

type Env = Record<string, string>;

const KEY = 'planted-key-of-at-least-32-characters';

const parse = (env: Env, file: string | Uint8Array = KEY) =>
  parseConfig({ NTFY_TOPIC: 'https://ntfy.example.org/downloads', ...env }, () => file);

function configOf(env: Env, file?: string): Config {
  const parsed = parse(env, file);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.message);
  return parsed.config;
}

describe('the topic of the buttons', () => {
  test('is not set by default: cards have no buttons', () => {
    const { commands, webUi } = configOf({});
    assert.deepEqual([commands, webUi], [null, null]);
  });

  const accepted: [env: Env, topic: string, url: string][] = [
    [{ COMMAND_TOPIC: 'commands' }, 'commands', 'https://ntfy.example.org/commands'],
    [{ COMMAND_TOPIC: 'https://phone.example/commands/' }, 'commands', 'https://phone.example/commands'],
    [{ COMMAND_TOPIC: 'https://phone.example/ntfy/c' }, 'c', 'https://phone.example/ntfy/c'],
    [
      { COMMAND_TOPIC: 'https://phone.example/c', NTFY_TOPIC: 'd', NTFY_SERVER: 'http://ntfy:80' },
      'c',
      'https://phone.example/c',
    ],
    [{ COMMAND_TOPIC: 'c', NTFY_TOPIC: 'd', NTFY_SERVER: 'http://ntfy/base/' }, 'c', 'http://ntfy/base/c'],
  ];
  for (const [env, topic, url] of accepted) {
    test(`of ${JSON.stringify(env)} is ${topic}, and the phone publishes to ${url}`, () => {
      assert.deepEqual(configOf(env).commands, { topic, url, token: null, secret: null });
    });
  }

  test('can be in a file, as can the token; the key can only be in a file', () => {
    const { commands } = configOf({ COMMAND_TOPIC_FILE: '/run/topic' }, 'https://phone.example/commands\n');
    assert.equal(commands?.url, 'https://phone.example/commands');
    const secrets = configOf({
      COMMAND_TOPIC: 'c',
      COMMAND_TOKEN_FILE: '/run/token',
      COMMAND_SECRET_FILE: '/run/key',
    }).commands;
    assert.deepEqual([secrets?.token?.reveal(), secrets?.secret?.reveal()], [KEY, KEY]);
    assert.doesNotMatch(JSON.stringify(secrets), /planted/);
  });
});

describe('the address of the WebUI', () => {
  for (const [text, address] of [
    ['https://box.example/qb/', 'https://box.example/qb/'],
    ['http://192.168.1.2:8080', 'http://192.168.1.2:8080/'],
  ] as const) {
    test(`${text} stays as it is, also without buttons`, () =>
      assert.equal(configOf({ WEBUI_URL: text }).webUi, address));
  }
});

describe('an invalid value', () => {
  const COMMAND_TOPIC = 'https://phone.example/planted-commands';
  const refused: [env: Env, problem: RegExp][] = [
    [{ COMMAND_TOPIC: 'planted topic' }, /COMMAND_TOPIC must be a topic of 1 to 64 letters/],
    [{ COMMAND_TOPIC: 'https://phone.example/v1' }, /COMMAND_TOPIC must be another topic: ntfy reserves/],
    [{ COMMAND_TOPIC: 'https://phone.example/' }, /COMMAND_TOPIC must contain a topic/],
    [{ COMMAND_TOPIC: `${COMMAND_TOPIC}/json` }, /COMMAND_TOPIC must end with the topic, without "\/json"/],
    [{ COMMAND_TOPIC: 'phone.example/planted' }, /COMMAND_TOPIC must be an address that starts with http/],
    [
      { COMMAND_TOPIC: 'https://me:planted@phone.example/c' },
      /COMMAND_TOPIC must not contain a user name or password: use COMMAND_TOKEN, or a topic/,
    ],
    [{ COMMAND_TOPIC: 'downloads' }, /COMMAND_TOPIC must be another topic than that of NTFY_TOPIC/],
    [{ COMMAND_TOPIC: 'https://phone.example/downloads' }, /COMMAND_TOPIC must be another topic than that/],
    [{ COMMAND_TOKEN: 'planted' }, /COMMAND_TOPIC is missing: COMMAND_TOKEN is set, and requires it/],
    [{ COMMAND_SECRET_FILE: '/planted' }, /COMMAND_TOPIC is missing: COMMAND_SECRET_FILE is set/],
    [{ COMMAND_TOPIC, COMMAND_TOKEN: 'planted planted' }, /COMMAND_TOKEN must be one line of visible ASCII/],
    [
      { COMMAND_TOPIC, COMMAND_TOKEN: 'tk_planted', NTFY_TOKEN: 'tk_planted' },
      /COMMAND_TOKEN must differ from NTFY_TOKEN: everyone who reads a card can read it/,
    ],
    [
      { COMMAND_TOPIC, COMMAND_SECRET: KEY },
      /COMMAND_SECRET must be in a file: set COMMAND_SECRET_FILE to its path/,
    ],
    [{ WEBUI_URL: 'qbittorrent.example' }, /WEBUI_URL must be an address that starts with http/],
    [{ WEBUI_URL: 'javascript:planted()' }, /WEBUI_URL must be an address that starts with http/],
    [{ WEBUI_URL: 'https://me:planted@box' }, /WEBUI_URL must not contain a user name or password\.\n/],
  ];
  for (const [env, problem] of refused) {
    test(`${JSON.stringify(env)} is refused, not repeated, and has an example`, () => {
      const parsed = parse(env);
      assert.ok(!parsed.ok);
      assert.match(parsed.message, problem);
      assert.match(parsed.message, /^The configuration has one problem:[^]* {6}Example: [A-Z_]+=\S+/);
      assert.doesNotMatch(parsed.message, /planted/);
    });
  }

  test('a short key is refused', () => {
    const parsed = parse({ COMMAND_TOPIC, COMMAND_SECRET_FILE: '/run/key' }, 'planted');
    assert.ok(!parsed.ok);
    assert.match(parsed.message, /COMMAND_SECRET must have at least 32 characters, such as the output of/);
    assert.match(parsed.message, /Example: COMMAND_SECRET_FILE=/);
    assert.doesNotMatch(parsed.message, /planted/);
  });
});

test('the README names only the form of the key that is accepted', () => {
  assert.match(settingsTable(), /^\| `COMMAND_SECRET_FILE` \| {2}\| file with the key/m);
});
