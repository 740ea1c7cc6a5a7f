import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseConfig } from '../../src/config/index.ts';
import { createLogger } from '../../src/log/index.ts';
import { start } from '../../src/app/start.ts';
import { TITLES } from '../../src/doctor/finding.ts';
import type { CheckId } from '../../src/doctor/index.ts';
import { serve } from '../http/server.ts';
import { assertDiagnosis, examine, startSetup } from './setup.ts';

const ALL = (Object.keys(TITLES) as CheckId[]).filter((id) => id !== 'configuration');

const misconfigured: Array<[title: string, env: Record<string, string>, found: RegExp, advice: RegExp]> = [
  [
    'a missing secret file',
    { QBIT_PASS: '', QBIT_PASS_FILE: '/nonexistent/planted-path' },
    /^QBIT_PASS_FILE names a file that cannot be read \(ENOENT\)/,
    /QBIT_PASS_FILE=/,
  ],
  ['no topic', { NTFY_TOPIC: '' }, /^NTFY_TOPIC is missing/, /NTFY_TOPIC_FILE|NTFY_TOPIC=/],
];

for (const [title, env, found, advice] of misconfigured) {
  test(`${title} is reported before any other check`, async () => {
    await using setup = await startSetup();
    const diagnosis = await examine({ ...setup.env, ...env });
    assertDiagnosis(diagnosis, { fails: 'configuration', found, advice, skips: ALL });
    assert.deepEqual(setup.qbittorrent.requests, []);
  });
}

test('an invalid TZ is a warning', async () => {
  await using setup = await startSetup();
  const diagnosis = await examine({ ...setup.env, TZ: 'Planted/Atlantis' });
  assert.deepEqual([diagnosis.with('fail'), diagnosis.with('warn')], [[], ['configuration']]);
  assert.match(diagnosis.of('configuration').found, /^TZ is not a valid time zone.* Europe\/Berlin/);
  assert.doesNotMatch(diagnosis.of('configuration').found, /Planted/);
});

test('a misspelt setting is a warning', async () => {
  await using setup = await startSetup();
  const diagnosis = await examine({ ...setup.env, QBIT_HOTS: 'planted' });
  assert.deepEqual([diagnosis.with('fail'), diagnosis.with('warn')], [[], ['configuration']]);
  assert.match(diagnosis.of('configuration').found, /QBIT_HOTS.*Did you mean QBIT_HOST/);
});

test('a file in place of the state folder, or a missing parent, is a failure; no folder is a warning', async () => {
  await using setup = await startSetup();
  const file = join(setup.env['STATE_DIR'] ?? '', 'a-file');
  writeFileSync(file, '');
  const found = /is not writable/;
  const inPlace = await examine({ ...setup.env, STATE_DIR: file });
  assertDiagnosis(inPlace, { fails: 'state', found, advice: /A file is in its place/ });
  const deep = await examine({ ...setup.env, STATE_DIR: join(setup.env['STATE_DIR'] ?? '', 'not', 'there') });
  assertDiagnosis(deep, { fails: 'state', found, advice: /parent folder does not exist/ });
  const fresh = await examine({ ...setup.env, STATE_DIR: join(setup.env['STATE_DIR'] ?? '', 'fresh') });
  assert.match(fresh.of('state').found, /can be created/);
  const none = await examine({ ...setup.env, STATE_DIR: '' });
  assert.deepEqual([none.with('fail'), none.with('warn')], [[], ['state', 'instance']]);
});

/** What listens on the port of the hook, and what the doctor says about it. */
const LISTENERS: Array<[string, Parameters<typeof serve>[0], RegExp]> = [
  ['another web server', (_, outgoing) => void outgoing.end('hello'), /another program uses port/],
  ['a program that closes the connection', (incoming) => incoming.destroy(), /another program uses port/],
  ['a program that does not answer', () => {}, /whatever listens on port \d+ does not answer/],
];

for (const [name, answer, found] of LISTENERS) {
  test(`${name} on the port of the hook is a failure`, async () => {
    await using setup = await startSetup();
    await using other = await serve(answer);
    const { port } = new URL(other.url);
    const { preferences } = setup.qbittorrent;
    for (const program of ['autorun_program', 'autorun_on_torrent_added_program'])
      preferences[program] = String(preferences[program]).replace(/:\d+/, `:${port}`);
    const taken = await examine({ ...setup.env, HOOK_PORT: port });
    assertDiagnosis(taken, { fails: 'hook-port', found, advice: /HOOK_PORT/ });
  });
}

test('a HOOK_HOST that is no address of this machine is a failure of HOOK_HOST', async () => {
  await using setup = await startSetup();
  const diagnosis = await examine({
    ...setup.env,
    HOOK_HOST: 'elsewhere.invalid',
    HOOK_TOKEN: 'planted-hook-token',
  });
  assert.match(diagnosis.of('hook-port').found, /elsewhere\.invalid/);
  assert.match(diagnosis.of('hook-port').advice ?? '', /HOOK_HOST/);
});

for (const token of ['', 'planted-hook-token']) {
  test(`a running sidecar ${token ? 'with' : 'without'} a token is recognised`, async () => {
    await using setup = await startSetup();
    const env = { ...setup.env, HOOK_TOKEN: token, OPS_PORT: '0', OPS_HOST: '127.0.0.1', STATE_DIR: '' };
    const parsed = parseConfig(env);
    assert.ok(parsed.ok);
    const sidecar = await start({
      config: parsed.config,
      log: createLogger({ level: 'error', write: () => {} }),
    });
    try {
      assert.match((await examine(env)).of('hook-port').found, /a sidecar listens/);
    } finally {
      await sidecar.stop();
    }
  });
}
