import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseConfig, type Config } from '../../src/config/index.ts';

type Env = Record<string, string>;

const parse = (env: Env) => parseConfig({ NTFY_TOPIC: 'downloads', ...env });

function configOf(env: Env): Config {
  const parsed = parse(env);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.message);
  return parsed.config;
}

function messageOf(env: Env): string {
  const parsed = parse(env);
  assert.ok(!parsed.ok, `accepted: ${JSON.stringify(env)}`);
  return parsed.message;
}

describe('ntfy below a path', () => {
  const SERVER = 'https://example.org/ntfy';
  const accepted: [env: Env, server: string, topic: string][] = [
    [{ NTFY_SERVER: `${SERVER}/` }, SERVER, 'downloads'],
    [{ NTFY_TOPIC: `${SERVER}/films` }, SERVER, 'films'],
    [{ NTFY_TOPIC: `${SERVER}/films`, NTFY_SERVER: `${SERVER}/` }, SERVER, 'films'],
    [{ NTFY_TOPIC: 'https://example.org/a/b//films/' }, 'https://example.org/a/b', 'films'],
    [{ NTFY_TOPIC: 'https://example.org/json' }, 'https://example.org', 'json'],
  ];
  for (const [env, server, topic] of accepted) {
    test(`${JSON.stringify(env)} is ${topic} on ${server}`, () => {
      const { ntfy } = configOf(env);
      assert.deepEqual([ntfy.server, ntfy.topic], [server, topic]);
    });
  }

  const refused: [env: Env, message: RegExp][] = [
    [{ NTFY_TOPIC: 'https://ntfy.sh/films/json' }, /NTFY_TOPIC must end with the topic, without "\/json"/],
    [{ NTFY_TOPIC: `${SERVER}/a b` }, /NTFY_TOPIC must be a topic of 1 to 64/],
    [{ NTFY_TOPIC: `${SERVER}/v1` }, /NTFY_TOPIC must be another topic/],
    [{ NTFY_TOPIC: 'https://example.org/films', NTFY_SERVER: SERVER }, /NTFY_SERVER must be unset/],
  ];
  for (const [env, message] of refused)
    test(`${JSON.stringify(env)} is refused`, () => assert.match(messageOf(env), message));
});

describe('the login of a proxy in front of qBittorrent', () => {
  const accepted: [env: Env, login: string][] = [
    [{ QBIT_HOST: 'https://me:planted@box.example/qb/' }, 'me:planted'],
    [{ QBIT_HOST: 'https://j%C3%B6rg%40x:p%3Aw%2F%25@box.example/qb' }, 'jörg@x:p:w/%'],
    [{ QBIT_HOST: 'https://me@box.example/qb' }, 'me:'],
    [{ QBIT_HOST: 'https://box.example/qb', QBIT_BASIC_USER: 'me', QBIT_BASIC_PASS: 'p:w' }, 'me:p:w'],
  ];
  for (const [env, login] of accepted) {
    test(`${JSON.stringify(env)} is ${login}, and is not part of the address`, () => {
      const { qbittorrent } = configOf(env);
      assert.equal(qbittorrent.url, 'https://box.example/qb');
      assert.equal(`${qbittorrent.basic?.username}:${qbittorrent.basic?.password.reveal()}`, login);
      assert.doesNotMatch(JSON.stringify(qbittorrent), /planted/);
    });
  }

  test('is empty by default', () => assert.equal(configOf({}).qbittorrent.basic, undefined));

  const HOST = 'http://planted:4711@box.example';
  const refused: [env: Env, message: RegExp][] = [
    [
      { QBIT_HOST: HOST, QBIT_API_KEY: 'k' },
      /QBIT_API_KEY is set together with the user name in QBIT_HOST, and both/,
    ],
    [
      { QBIT_BASIC_USER: 'planted', QBIT_BASIC_PASS: '4711', QBIT_API_KEY: 'k' },
      /QBIT_API_KEY is set together with QBIT_BASIC_USER, and both use the Authorization header/,
    ],
    [
      { QBIT_HOST: HOST, QBIT_BASIC_USER: 'a', QBIT_BASIC_PASS: 'b' },
      /QBIT_BASIC_USER is set, and QBIT_HOST contains a user name/,
    ],
    [{ QBIT_BASIC_USER: 'planted' }, /QBIT_BASIC_PASS is missing/],
    [{ QBIT_BASIC_USER: 'planted:4711', QBIT_BASIC_PASS: 'b' }, /QBIT_BASIC_USER must not contain a colon/],
    [
      { QBIT_HOST: 'http://planted%zz:4711@box.example' },
      /QBIT_HOST must contain its user name and password perc/,
    ],
    [{ QBIT_HOST: 'http://planted%3A:4711@box.example' }, /QBIT_HOST must contain .* no colon/],
    [{ QBIT_HOST: 'ftp://planted:4711@box.example' }, /QBIT_HOST must be an address that starts with http/],
  ];
  for (const [env, message] of refused) {
    test(`${JSON.stringify(env)} is refused, and not repeated in the message`, () => {
      assert.match(messageOf(env), message);
      assert.doesNotMatch(messageOf(env), /planted|4711/);
    });
  }
});

describe('a user name and a password in an address', () => {
  const LOGIN = 'planted:planted-pass@';
  const refused: [env: Env, message: RegExp][] = [
    [
      { NTFY_TOPIC: `https://${LOGIN}ntfy.sh/t` },
      /NTFY_TOPIC must not contain .*: use NTFY_USER and NTFY_PASS/,
    ],
    [
      { NTFY_SERVER: `https://${LOGIN}ntfy.sh` },
      /NTFY_SERVER must not contain .*: use NTFY_USER and NTFY_PASS/,
    ],
    [{ HOOK_URL: `http://${LOGIN}sidecar:9090` }, /HOOK_URL must not contain a user name or password\.\n/],
  ];
  for (const [env, message] of refused) {
    test(`of ${Object.keys(env).join()} is refused, and not repeated in the message`, () => {
      assert.match(messageOf(env), message);
      assert.doesNotMatch(messageOf(env), /planted/);
    });
  }
});
