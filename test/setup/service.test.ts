/** The service file: its rating by systemd, and the sidecar under all of its restrictions. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { EXIT } from '../../src/commands/exit.ts';
import { rateUnit } from '../debian/machine.ts';
import { freePort, realTest, startNtfy, startQbittorrent, startWebSeed, until } from '../servers/index.ts';
import { HOME } from './document.ts';
import { commands, placeBundle, scratch, settings, shell, unit } from './scratch.ts';
import { startMachine } from './systemd.ts';

const SERVICE = 'qbit-ntfy';

/** A machine on which the lines of the document were run, with these settings in addition to its own. */
async function installed(own: Record<string, string>, ntfy = 'http://127.0.0.1:9') {
  const machine = scratch();
  await placeBundle(machine.root);
  for (const line of commands.filter((line) => line.startsWith('sudo install '))) {
    const done = shell(machine.inside(line), machine.root);
    assert.equal(done.status, 0, done.output);
  }
  const ports = { HOOK_PORT: String(await freePort()), OPS_PORT: String(await freePort()) };
  const lines = Object.entries({ ...ports, ...own }).map(([name, value]) => `${name}='${value}'\n`);
  const text = settings.replace('https://ntfy.example.org', ntfy) + lines.join('');
  writeFileSync(join(machine.root, 'etc', `${SERVICE}.env`), text);
  return { ...machine, ports };
}

/** Only root can start a separate systemd. */
function needsRoot(t: TestContext): boolean {
  if (process.getuid?.() === 0) return true;
  if (process.env['CI'] === 'true') throw new Error('CI needs root');
  t.skip('only root can start a systemd of its own');
  return false;
}

realTest('systemd-analyze rates the service below 2, of 10', { needs: ['machine'] }, async () => {
  const { exposure, output } = await rateUnit(join(HOME, 'systemd', `${SERVICE}.service`));
  assert.ok(exposure < 2, output);
});

realTest(
  'the service runs under a real systemd with all of its restrictions, announces a download and survives a crash',
  { needs: ['qbittorrent current', 'ntfy current', 'machine'] },
  async (t) => {
    if (!needsRoot(t)) return;
    await using qbittorrent = await startQbittorrent('current', { username: 'admin', password: 'secret' });
    await using ntfy = await startNtfy('current');
    await using seed = await startWebSeed({ rate: 1_000_000 });
    const own = { QBIT_HOST: qbittorrent.url, POLL_INTERVAL: '1s', AUTO_INSTALL_HOOK: 'true' };
    await using home = await installed(own, ntfy.url);
    await using machine = await startMachine(home.root);
    const logins = () => machine.journal(SERVICE).split('logged in to qBittorrent').length - 1;

    assert.deepEqual(machine.systemctl('start', SERVICE), { status: 0, output: '' });
    await until('it is logged in', () => logins() === 1);
    assert.deepEqual(restrictionsOf(machine.read(`/proc/${machine.property(SERVICE, 'MainPID')}/status`)), {
      isRoot: false,
      CapEff: '0000000000000000',
      CapBnd: '0000000000000000',
      NoNewPrivs: '1',
      Seccomp: '2',
      catchesUsr1: false,
    });
    const limits = machine.read(`/proc/${machine.property(SERVICE, 'MainPID')}/limits`);
    assert.match(limits, /^Max core file size +0 +0 +bytes/m);
    await qbittorrent.addTorrent(seed.serve('first.iso', 2_000_000).file);
    const completions = async () =>
      (await ntfy.messages('downloads')).filter(({ title }) => title === 'Download Complete').length;
    await until('it is announced', async () => (await completions()) === 1);

    machine.systemctl('kill', '--kill-whom=main', '--signal=ABRT', SERVICE);
    await until('it is logged in again', () => logins() === 2);
    assert.equal(machine.property(SERVICE, 'NRestarts'), '1');
    assert.doesNotMatch(machine.journal(SERVICE), /only in memory|core-dump/);
    await qbittorrent.addTorrent(seed.serve('second.iso', 2_000_000).file);
    await until('the next one is announced', async () => (await completions()) === 2);
    assert.equal(machine.systemctl('stop', SERVICE).status, 0);
    assert.equal(machine.property(SERVICE, 'Result'), 'success');
    assert.match(machine.journal(SERVICE), /"stopping"/);
  },
);

/** The kernel's status of a process. */
function restrictionsOf(status: string) {
  const valueOf = (name: string) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1] ?? '';
  const named = Object.fromEntries(
    ['CapEff', 'CapBnd', 'NoNewPrivs', 'Seccomp'].map((name) => [name, valueOf(name)]),
  );
  const SIGUSR1 = 1n << 9n;
  return {
    isRoot: valueOf('Uid').split('\t').includes('0'),
    ...named,
    catchesUsr1: (BigInt(`0x${valueOf('SigCgt')}`) & SIGUSR1) !== 0n,
  };
}

realTest(
  'a wrong configuration is not retried, and Node does not start without writable code: systemd shows both',
  { needs: ['machine'] },
  async (t) => {
    if (!needsRoot(t)) return;
    await using home = await installed({ POLL_INTERVAL: 'planted' });
    const folder = join(home.root, 'etc', 'systemd', 'system');
    const name = 'stricter.service';
    writeFileSync(
      join(folder, name),
      unit.replace('[Install]', 'MemoryDenyWriteExecute=yes\nRestart=no\n[Install]'),
    );
    await using machine = await startMachine(home.root);
    for (const [service, code, status] of [
      [SERVICE, '1', String(EXIT.config)],
      [name, '2', '5'],
    ] as const) {
      machine.systemctl('start', service);
      await until(`${service} has ended`, () => machine.property(service, 'ActiveState') === 'failed');
      const values = ['ExecMainCode', 'ExecMainStatus', 'NRestarts'].map((one) =>
        machine.property(service, one),
      );
      assert.deepEqual(values, [code, status, '0'], service);
    }
  },
);
