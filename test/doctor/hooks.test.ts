import assert from 'node:assert/strict';
import { test } from 'node:test';
import { installHook } from '../../src/commands/hooks.ts';
import { createTerminal } from '../commands/terminal.ts';
import { assertDiagnosis, examine, startSetup } from './setup.ts';
import type { Setup } from './setup.ts';

const ENABLED = 'autorun_on_torrent_added_enabled';
const PROGRAM = 'autorun_on_torrent_added_program';

/** A variant of the hook when added. */
type Change = (setup: Setup, line: string) => Record<string, unknown>;

const broken: Array<
  [title: string, found: RegExp, advice: RegExp, change: Change, env?: Record<string, string>]
> = [
  ['is missing', /no command is set/, /install-hook/, () => ({ [ENABLED]: false, [PROGRAM]: '' })],
  ['is disabled', /option is disabled/, /install-hook/, () => ({ [ENABLED]: false })],
  [
    'is a foreign command',
    /another command \(notify\.sh\) is set/,
    /prints how to run both.*DISCOVER/,
    () => ({ [PROGRAM]: '/config/notify.sh --key planted' }),
  ],
  [
    'uses %I',
    /uses %I instead of %K/,
    /install-hook/,
    (_, line) => ({ [PROGRAM]: line.replace('%K', '%I') }),
  ],
  [
    'calls another port',
    /calls port 1234 instead of \d+/,
    /install-hook/,
    (_, line) => ({ [PROGRAM]: line.replace(/:\d+/, ':1234') }),
  ],
  [
    'calls another path',
    /calls \/sidecar\/track instead of \/track/,
    /install-hook/,
    (_, line) => ({ [PROGRAM]: line.replace('/track', '/sidecar/track') }),
  ],
  [
    'does not send the token',
    /does not send HOOK_TOKEN/,
    /install-hook/,
    () => ({}),
    { HOOK_TOKEN: 'planted-hook-token' },
  ],
  [
    'sends another token',
    /sends another token/,
    /install-hook/,
    (_, line) => ({ [PROGRAM]: line.replace('"http', '-H "Authorization: Bearer planted-o" "http') }),
    { HOOK_TOKEN: 'planted-hook-token' },
  ],
  [
    'is chained with shell operators',
    /runs no shell/,
    /script/,
    (_, line) => ({ [PROGRAM]: `${line} && /config/notify.sh` }),
  ],
  [
    'is a GET',
    /does not use POST/,
    /install-hook/,
    (_, line) => ({ [PROGRAM]: line.replace('-X POST ', '') }),
  ],
  [
    'is a disabled script',
    /option is disabled/,
    /Tick/,
    () => ({ [ENABLED]: false, [PROGRAM]: '/config/qbit-ntfy-added.sh "%K"' }),
  ],
];

for (const [title, found, advice, change, env] of broken) {
  test(`a hook that ${title} is reported as the only problem`, async () => {
    await using setup = await startSetup();
    const { preferences } = setup.qbittorrent;
    Object.assign(preferences, change(setup, String(preferences[PROGRAM])));
    const diagnosis = await examine({ ...setup.env, ...env });
    const known = diagnosis.with('skip');
    assertDiagnosis(diagnosis, { fails: 'hook-added', found, advice, skips: known });
    assert.deepEqual(
      known.filter((id) => id !== 'hook-program'),
      [],
    );
  });

  test(`a hook that ${title} is no problem with DISCOVER`, async () => {
    await using setup = await startSetup();
    const { preferences } = setup.qbittorrent;
    Object.assign(preferences, change(setup, String(preferences[PROGRAM])));
    const diagnosis = await examine({ ...setup.env, ...env, DISCOVER: '60s' });
    assert.deepEqual(diagnosis.with('fail'), []);
    assert.match(diagnosis.of('hook-added').found, /not needed, because DISCOVER scans every 60 s/);
  });
}

test('AUTO_INSTALL_HOOK installs a missing hook, but does not replace a foreign command', async () => {
  await using setup = await startSetup();
  const { preferences } = setup.qbittorrent;
  const env = { ...setup.env, AUTO_INSTALL_HOOK: 'true' };
  preferences[PROGRAM] = '';
  const missing = await examine(env);
  assert.deepEqual(missing.with('fail'), []);
  assert.match(missing.of('hook-added').found, /AUTO_INSTALL_HOOK repairs it/);
  preferences[PROGRAM] = 'notify.sh';
  assert.deepEqual((await examine(env)).with('fail'), ['hook-added']);
});

test('a hook that uses proxies works without one: a warning, which install-hook clears', async () => {
  await using setup = await startSetup();
  const { preferences } = setup.qbittorrent;
  for (const name of [PROGRAM, 'autorun_program'])
    preferences[name] = String(preferences[name]).replace('-q -fsS -m 5 --noproxy *', '-fsS -m 5');
  const diagnosis = await examine(setup.env);
  assert.deepEqual(diagnosis.with('fail'), []);
  assert.deepEqual(diagnosis.with('warn'), ['hook-added', 'hook-finished']);
  assert.match(diagnosis.of('hook-added').found, /lacks --noproxy \*: it uses the proxy/);
  assert.match(diagnosis.of('hook-added').advice ?? '', /install-hook/);
  assert.equal(await installHook({}, createTerminal(setup.env).terminal), 0);
  assert.deepEqual((await examine(setup.env)).with('warn'), []);
});

test('the sidecar works without the hook when finished, with a short delay', async () => {
  await using setup = await startSetup();
  Object.assign(setup.qbittorrent.preferences, { autorun_enabled: false, autorun_program: '' });
  const diagnosis = await examine(setup.env);
  assert.deepEqual(diagnosis.with('fail'), []);
  assert.deepEqual(diagnosis.with('warn'), ['hook-finished']);
  assert.match(diagnosis.of('hook-finished').found, /the next poll detects the end of a download/);
});

test('before 4.5 there is no hook when added: DISCOVER replaces it', async () => {
  await using setup = await startSetup();
  const { preferences } = setup.qbittorrent;
  delete preferences[ENABLED];
  delete preferences[PROGRAM];
  setup.qbittorrent.fail('app/webapiVersion', { kind: 'status', status: 200, body: '2.8.2' });
  const diagnosis = await examine(setup.env);
  assertDiagnosis(diagnosis, { fails: 'hook-added', found: /older than 4\.5/, advice: /DISCOVER=60s/ });
  assert.deepEqual((await examine({ ...setup.env, DISCOVER: '60s' })).with('fail'), []);
});

test('a version that cannot list selected torrents is too old', async () => {
  await using setup = await startSetup();
  setup.qbittorrent.fail('app/webapiVersion', { kind: 'status', status: 200, body: '2.0.0' });
  const diagnosis = await examine(setup.env);
  assertDiagnosis(diagnosis, {
    fails: 'version',
    found: /WebAPI 2\.0\.0/,
    advice: /4\.1\.1/,
    skips: ['hook-added', 'hook-finished', 'hook-program'],
  });
});

test('a missing curl is a warning, because qBittorrent may have one', async () => {
  await using setup = await startSetup();
  const diagnosis = await examine({ ...setup.env, PATH: '/nonexistent' });
  assert.deepEqual(diagnosis.with('fail'), []);
  assert.deepEqual(diagnosis.with('warn'), ['hook-program']);
  assert.match(diagnosis.of('hook-program').advice ?? '', /--tool wget/);
});
