import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseConfig, type Config } from '../../src/config/index.ts';

type Env = Record<string, string | undefined>;

const minimal = { NTFY_TOPIC: 'downloads' };

function configOf(env: Env, files: Record<string, string> = {}): Config {
  const parsed = parseConfig({ ...minimal, ...env }, fileIn(files));
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.message);
  return parsed.config;
}

function messageOf(env: Env, files: Record<string, string> = {}): string {
  const parsed = parseConfig({ ...minimal, ...env }, fileIn(files));
  assert.ok(!parsed.ok, `accepted: ${JSON.stringify(env)}`);
  return parsed.message;
}

function fileIn(files: Record<string, string>): (path: string) => string {
  return (path) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
    return text;
  };
}

describe('with only a topic', () => {
  test('every setting has the default that the README names', () => {
    const { timeZone, ...config } = configOf({});
    assert.equal(timeZone, undefined, "the system's");
    assert.deepEqual(config, {
      qbittorrent: { url: 'http://localhost:8080', auth: { kind: 'none' } },
      ntfy: {
        server: 'https://ntfy.sh',
        topic: 'downloads',
        auth: { kind: 'none' },
        rate: 'auto',
        retryMax: 300_000,
      },
      poll: { interval: 5000 },
      alerts: { stalledAfter: 1_800_000, metadataAfter: 900_000 },
      maxTracked: 10_000,
      discover: null,
      hook: {
        host: 'localhost',
        port: 9090,
        token: null,
        url: null,
        tool: 'curl',
        autoInstall: false,
      },
      ops: { host: '::', port: 9091, token: null },
      instance: null,
      progress: 'auto',
      grouping: { digestFrom: 4, summaryFrom: 8 },
      locale: undefined,
      units: 'decimal',
      commands: null,
      webUi: null,
      rulesFile: null,
      stateDir: null,
      history: { maxAge: 30 * 86_400_000, maxEntries: 1000 },
      logLevel: 'info',
    });
  });

  test('an empty variable counts as not set', () => {
    const empty = { QBIT_HOST: '', QBIT_USER: '', QBIT_PASS: '', QBIT_PASS_FILE: '', NTFY_RATE: ' ', TZ: '' };
    assert.deepEqual(configOf(empty), configOf({}));
  });

  test('the configuration is immutable', () => {
    const config = configOf({ QBIT_USER: 'admin', QBIT_PASS: 'x' });
    for (const part of [config, config.ntfy, config.ntfy.auth, config.hook, config.qbittorrent.auth]) {
      assert.ok(Object.isFrozen(part));
    }
  });
});

describe('the environment of the design document', () => {
  test('is parsed: a topic as full URL, user and password', () => {
    const config = configOf({
      QBIT_HOST: 'http://localhost:8080',
      QBIT_USER: 'admin',
      QBIT_PASS: 'adminadmin',
      NTFY_TOPIC: 'https://ntfy.example.org/downloads',
    });
    assert.equal(config.ntfy.server, 'https://ntfy.example.org');
    assert.equal(config.ntfy.topic, 'downloads');
    assert.ok(config.qbittorrent.auth.kind === 'password');
    assert.equal(config.qbittorrent.auth.username, 'admin');
    assert.equal(config.qbittorrent.auth.password.reveal(), 'adminadmin');
  });
});

describe('a valid value', () => {
  const accepted: [Env, (config: Config) => unknown, unknown][] = [
    [{ QBIT_HOST: 'http://qbt:8080/' }, (c) => c.qbittorrent.url, 'http://qbt:8080'],
    [{ QBIT_HOST: 'https://box.example/qb//' }, (c) => c.qbittorrent.url, 'https://box.example/qb'],
    [{ QBIT_HOST: ' http://[::1]:8080 ' }, (c) => c.qbittorrent.url, 'http://[::1]:8080'],
    [{ NTFY_TOPIC: 'http://ntfy:8090/a/' }, (c) => c.ntfy.server + c.ntfy.topic, 'http://ntfy:8090a'],
    [{ NTFY_SERVER: 'http://ntfy:80/' }, (c) => c.ntfy.server, 'http://ntfy'],
    [{ POLL_INTERVAL: '1500ms' }, (c) => c.poll.interval, 1500],
    [{ POLL_INTERVAL: '1.5m' }, (c) => c.poll.interval, 90_000],
    [{ NTFY_RETRY_MAX: '1h' }, (c) => c.ntfy.retryMax, 3_600_000],
    [{ NTFY_RATE: 'Unlimited' }, (c) => c.ntfy.rate, null],
    [{ NTFY_RATE: '1.5' }, (c) => c.ntfy.rate, 1.5],
    [{ HOOK_URL: 'http://sidecar:9090/' }, (c) => c.hook.url, 'http://sidecar:9090'],
    [{ HOOK_TOOL: 'WGET' }, (c) => c.hook.tool, 'wget'],
    [{ AUTO_INSTALL_HOOK: 'true' }, (c) => c.hook.autoInstall, true],
    [{ HOOK_HOST: '[::1]' }, (c) => c.hook.host, '::1'],
    [{ HOOK_HOST: '::ffff:127.0.0.1' }, (c) => c.hook.token, null],
    [{ OPS_HOST: '0.0.0.0' }, (c) => c.ops.host, '0.0.0.0'],
    [{ HOOK_HOST: '::', HOOK_TOKEN: 't' }, (c) => c.hook.host, '::'],
    [{ HOOK_HOST: '0.0.0.0', HOOK_TOKEN: 't' }, (c) => c.hook.token?.reveal(), 't'],
    [{ HOOK_PORT: '0', OPS_PORT: '0' }, (c) => c.hook.port + c.ops.port, 0],
    [{ OPS_TOKEN: 't' }, (c) => c.ops.token?.reveal(), 't'],
    [{ INSTANCE_NAME: 'seed_box-1' }, (c) => c.instance, 'seed_box-1'],
    [{ TZ: 'Europe/Berlin' }, (c) => c.timeZone, 'Europe/Berlin'],
    [{ STATE_DIR: '/data' }, (c) => c.stateDir, '/data'],
    [{ LOG_LEVEL: 'DEBUG' }, (c) => c.logLevel, 'debug'],
    [{ NTFY_TOKEN: 'tk_x' }, (c) => c.ntfy.auth.kind, 'token'],
    [{ NTFY_USER: 'phil', NTFY_PASS: 'x:y z' }, (c) => c.ntfy.auth.kind, 'basic'],
    [{ QBIT_API_KEY: 'qbt_x' }, (c) => c.qbittorrent.auth.kind, 'apiKey'],
    [{ QBIT_PORT: 'tcp://10.0.0.1:80', NTFY_PORT: 'tcp://10.0.0.2:80' }, (c) => c.ops.port, 9091],
  ];
  for (const [env, pick, expected] of accepted) {
    test(`${JSON.stringify(env)} is ${String(expected)}`, () => {
      assert.equal(pick(configOf(env)), expected);
    });
  }
});

describe('an invalid value', () => {
  const refused: [Env, RegExp][] = [
    [{ NTFY_TOPIC: undefined }, /NTFY_TOPIC is missing/],
    [{ NTFY_TOPIC: 'no spaces' }, /NTFY_TOPIC must be a topic of 1 to 64/],
    [{ NTFY_TOPIC: 'ntfy.example.org/downloads' }, /NTFY_TOPIC must be an address that starts with http/],
    [{ NTFY_TOPIC: 'https://ntfy.example.org/' }, /NTFY_TOPIC must contain a topic/],
    [{ NTFY_TOPIC: 'https://u:p@ntfy.sh/downloads' }, /NTFY_TOPIC must not contain a user name/],
    [{ NTFY_TOPIC: 'https://ntfy.sh/downloads?auth=x' }, /NTFY_TOPIC must not contain a query/],
    [{ NTFY_TOPIC: 'https://ntfy.sh/v1' }, /NTFY_TOPIC must be another topic/],
    [{ NTFY_TOPIC: 'a'.repeat(65) }, /NTFY_TOPIC must be a topic/],
    [{ NTFY_TOPIC: 'https://ntfy.sh/x', NTFY_SERVER: 'https://n.example' }, /NTFY_SERVER must be unset/],
    [
      { NTFY_TOKEN: 'x', NTFY_USER: 'u', NTFY_PASS: 'p' },
      /NTFY_TOKEN is set together with NTFY_USER and NTFY_PASS/,
    ],
    [{ NTFY_PASS: 'p' }, /NTFY_USER is missing/],
    [{ NTFY_USER: 'a:b', NTFY_PASS: 'p' }, /NTFY_USER must not contain a colon/],
    [{ NTFY_RATE: '0.5' }, /NTFY_RATE must be a number/],
    [{ NTFY_RATE: '1e3' }, /NTFY_RATE must be a number/],
    [{ NTFY_RETRY_MAX: '25h' }, /NTFY_RETRY_MAX must be a duration/],
    [{ QBIT_HOST: 'localhost:8080' }, /QBIT_HOST must be an address that starts with http/],
    [{ QBIT_HOST: 'file:///etc/passwd' }, /QBIT_HOST must be an address/],
    [{ QBIT_HOST: 'http://localhost:8080/?x=1' }, /QBIT_HOST must not contain a query/],
    [{ QBIT_USER: 'admin' }, /QBIT_PASS is missing: QBIT_USER is set/],
    [{ QBIT_PASS: 'x' }, /QBIT_USER is missing/],
    [{ QBIT_API_KEY: 'k', QBIT_USER: 'a', QBIT_PASS: 'b' }, /QBIT_API_KEY is set together with/],
    [{ QBIT_API_KEY: 'two\nlines' }, /QBIT_API_KEY must be one line/],
    [{ POLL_INTERVAL: '5' }, /POLL_INTERVAL must be a duration with its unit/],
    [{ POLL_INTERVAL: '999ms' }, /POLL_INTERVAL must be a duration .* from 1s to 1h/],
    [{ POLL_INTERVAL: '1e9s' }, /POLL_INTERVAL/],
    [{ HOOK_HOST: '::' }, /HOOK_TOKEN is missing: HOOK_HOST is not loopback/],
    [
      { HOOK_HOST: '0.0.0.0' },
      /HOOK_TOKEN is missing: HOOK_HOST is not loopback, so the hook API is reachable/,
    ],
    [{ HOOK_HOST: 'localhost:9090' }, /HOOK_HOST must be a host name or an IP address, without a port/],
    [{ HOOK_PORT: '70000' }, /HOOK_PORT must be a port/],
    [{ HOOK_PORT: '-1' }, /HOOK_PORT must be a port/],
    [{ HOOK_PORT: 'tcp://10.0.0.1:9090' }, /HOOK_PORT contains the link that Kubernetes creates/],
    [{ OPS_PORT: 'tcp://10.0.0.1:9091' }, /OPS_PORT contains the link that Kubernetes creates/],
    [{ OPS_PORT: '9090' }, /OPS_PORT must differ from HOOK_PORT/],
    [{ INSTANCE_NAME: 'nineteen-characters' }, /INSTANCE_NAME must be 1 to 18/],
    [{ LOG_LEVEL: 'trace' }, /LOG_LEVEL must be one of/],
  ];
  for (const [env, expected] of refused) {
    test(`${JSON.stringify(env)} is refused`, () => {
      const message = messageOf(env);
      assert.match(message, expected);
      assert.match(message, /^The configuration has one problem:/);
      assert.match(message, /Example: [A-Z_]+=\S+/);
    });
  }

  test('is reported together with all others, each with the valid form', () => {
    const message = messageOf({
      NTFY_TOPIC: '',
      QBIT_USER: 'x',
      POLL_INTERVAL: 'often',
      HOOK_HOST: '0.0.0.0',
    });
    assert.match(message, /^The configuration has 4 problems:/);
    for (const name of ['NTFY_TOPIC', 'QBIT_PASS', 'POLL_INTERVAL', 'HOOK_TOKEN']) {
      assert.match(message, new RegExp(`^ {2}${name} .*\\n {6}Example: ${name}(_FILE)?=`, 'm'));
    }
  });

  test('is never repeated in the message, because it may be a misplaced secret', () => {
    const planted = 'planted 4711\u0000/%';
    const env: Env = { QBIT_PASS_FILE: planted, NTFY_TOKEN_FILE: planted, HOOK_TOKEN_FILE: planted };
    for (const name of refused.flatMap(([wrong]) => Object.keys(wrong))) env[name] = planted;
    env['QBIT_HOST'] = 'http://planted:4711@host/';
    assert.doesNotMatch(messageOf({ ...env, NTFY_TOPCI: planted }), /planted|4711/);
  });
});
