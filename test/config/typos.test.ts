import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseConfig } from '../../src/config/index.ts';

function warningsFor(env: Record<string, string>): string[] {
  const parsed = parseConfig({ NTFY_TOPIC: 'downloads', ...env });
  assert.ok(parsed.ok);
  return parsed.warnings;
}

describe('a variable that looks like a misspelt setting', () => {
  const meant: [string, string][] = [
    ['NTFY_TOPCI', 'NTFY_TOPIC'],
    ['NFTY_SERVER', 'NTFY_SERVER'],
    ['QBT_HOST', 'QBIT_HOST'],
    ['QBIT_PASSWORD', 'QBIT_PASS'],
    ['QBIT_USERNAME', 'QBIT_USER'],
    ['NTFY_TOKEN_FILES', 'NTFY_TOKEN_FILE'],
    ['HOOK_TOKN', 'HOOK_TOKEN'],
    ['OPS_PORTS', 'OPS_PORT'],
    ['COMMAND_TOPC', 'COMMAND_TOPIC'],
    ['WEBUI_URLS', 'WEBUI_URL'],
  ];
  for (const [name, setting] of meant) {
    test(`${name} is reported as ${setting} in a warning, without its value`, () => {
      assert.deepEqual(warningsFor({ [name]: 'planted' }), [
        `${name} is not a setting and was ignored. Did you mean ${setting}?`,
      ]);
    });
  }

  test('is reported beside the problem that it probably causes', () => {
    const parsed = parseConfig({ NTFY_TOPCI: 'downloads' });
    assert.ok(!parsed.ok);
    assert.match(parsed.message, /NTFY_TOPIC is missing[^]*Did you mean NTFY_TOPIC\?/);
  });
});

test('variables of Kubernetes, of the ntfy server and of other programs raise no warning', () => {
  const foreign = {
    NTFY_SERVICE_HOST: '10.0.0.1',
    NTFY_SERVICE_PORT_HTTP: '80',
    NTFY_PORT: 'tcp://10.0.0.1:80',
    NTFY_PORT_80_TCP_ADDR: '10.0.0.1',
    QBIT_PORT: 'tcp://10.0.0.2:8080',
    QBIT_PORT_8080_TCP: 'tcp://10.0.0.2:8080',
    NTFY_BASE_URL: 'https://ntfy.example.org',
    NTFY_CACHE_FILE: '/var/cache/ntfy',
    APP_PORT: '80',
    PATH: '/bin',
    HOOKS: '1',
  };
  assert.deepEqual(warningsFor(foreign), []);
});
