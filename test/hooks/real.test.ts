import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { installHook, uninstallHook } from '../../src/commands/hooks.ts';
import { createTerminal } from '../commands/terminal.ts';
import { serve } from '../http/server.ts';
import { realTest, startQbittorrent, startWebSeed, until } from '../servers/index.ts';
import type { Qbittorrent, QbittorrentGeneration } from '../servers/index.ts';

const GENERATIONS: QbittorrentGeneration[] = ['legacy', '5.1', 'current'];
const PROGRAM = 'autorun_on_torrent_added_program';

const envOf = ({ url, username, password }: Qbittorrent) => ({
  QBIT_HOST: url,
  QBIT_USER: username,
  QBIT_PASS: password,
  NTFY_TOPIC: 'downloads',
});

const preferencesOf = async (qbittorrent: Qbittorrent) => (await qbittorrent.api('app/preferences')).text();
const programOf = async (qbittorrent: Qbittorrent) =>
  String((JSON.parse(await preferencesOf(qbittorrent)) as Record<string, unknown>)[PROGRAM]);

/** The possible states of slots without a command. */
const FOUND = {
  'switched off': {},
  'the hook when added enabled': { autorun_on_torrent_added_enabled: true },
  'both enabled': { autorun_on_torrent_added_enabled: true, autorun_enabled: true },
};

for (const generation of GENERATIONS) {
  realTest(
    `on qBittorrent ${generation} uninstall-hook restores every byte of the preferences as before install-hook`,
    { needs: [`qbittorrent ${generation}`] },
    async () => {
      await using qbittorrent = await startQbittorrent(generation);
      for (const [title, found] of Object.entries(FOUND)) {
        await qbittorrent.setPreferences(found);
        const before = await preferencesOf(qbittorrent);
        const env = { ...envOf(qbittorrent), HOOK_TOKEN: 'planted-token' };
        const install = createTerminal(env);
        assert.equal(await installHook({}, install.terminal), 0, install.all());
        assert.match(
          await programOf(qbittorrent),
          /^curl .*"Authorization: Bearer planted-token".*\/track\?hash=%K"$/,
        );
        assert.equal(await installHook({ url: 'http://sidecar:9090', tool: 'wget' }, install.terminal), 0);
        assert.match(await programOf(qbittorrent), /^wget .*"http:\/\/sidecar:9090\/track\?hash=%K"$/);
        await qbittorrent.restart();
        const uninstall = createTerminal(env);
        assert.equal(await uninstallHook(uninstall.terminal), 0, uninstall.all());
        assert.equal(await preferencesOf(qbittorrent), before, title);
        assert.doesNotMatch(install.all() + uninstall.all(), /planted/);
      }
    },
  );

  realTest(
    `on qBittorrent ${generation} a foreign command is kept, and the proposed script runs both`,
    { needs: [`qbittorrent ${generation}`, 'curl'] },
    async () => {
      await using qbittorrent = await startQbittorrent(generation);
      await using seed = await startWebSeed();
      await using sidecar = await serve((_, outgoing) => outgoing.end());
      await using other = await serve((_, outgoing) => outgoing.end());
      const theirs = `curl -fsS --get --data-urlencode "name=%N" ${other.url}`;
      await qbittorrent.setPreferences({ [PROGRAM]: theirs, autorun_on_torrent_added_enabled: false });
      const before = await preferencesOf(qbittorrent);
      const env = { ...envOf(qbittorrent), HOOK_URL: sidecar.url };
      const install = createTerminal(env);
      assert.equal(await installHook({}, install.terminal), 1);
      assert.equal(await preferencesOf(qbittorrent), before);

      // As a user would: the script and the line are copied from the output, except the script's folder.
      const path = join(qbittorrent.profile, 'qbit-ntfy-added.sh');
      const printed = install.err().replaceAll('/config/qbit-ntfy-added.sh', path);
      const [, script = ''] = /\n( {4}#!\/bin\/sh\n[^]*?exec "\$@"\n)/.exec(printed) ?? [];
      const [, proposed = ''] = /set this command in qBittorrent.*:\n\n {4}(.*)/.exec(printed) ?? [];
      const line = proposed.replace('<your command>', theirs);
      await writeFile(path, script.replaceAll(/^ {4}/gm, ''));
      await chmod(path, 0o755);
      await qbittorrent.setAddedHook(line);
      const torrent = seed.serve('it\'s "quoted" $(id).iso', 50_000);
      await qbittorrent.addTorrent(torrent.file);
      await until('both were called', () => sidecar.requests.length > 0 && other.requests.length > 0);
      assert.equal(sidecar.requests[0]?.method, 'POST');
      assert.equal(sidecar.requests[0]?.url, `/track?hash=${torrent.hash}`);
      const name = new URLSearchParams(other.requests[0]?.url?.slice(2)).get('name');
      assert.ok(name?.includes('$(id)'), String(name));

      // From now on it is recognised as a hook: neither install nor uninstall changes it.
      const again = createTerminal(env);
      assert.equal(await installHook({ only: 'added' }, again.terminal), 0, again.all());
      assert.equal(await uninstallHook(again.terminal), 0);
      assert.equal(await programOf(qbittorrent), line);
    },
  );
}

realTest(
  'wget calls the hook as curl does, with the token',
  { needs: ['qbittorrent current'] },
  async (t) => {
    await using qbittorrent = await startQbittorrent('current');
    await using seed = await startWebSeed();
    await using sidecar = await serve((_, outgoing) => outgoing.end());
    const env = { ...envOf(qbittorrent), HOOK_URL: sidecar.url, HOOK_TOOL: 'wget', HOOK_TOKEN: 'a-token' };
    assert.equal(await installHook({}, createTerminal(env).terminal), 0);
    const folders = (process.env['PATH'] ?? '').split(delimiter);
    // Not every machine has it, and qBittorrent's children are programs of the machine.
    if (!folders.some((folder) => existsSync(join(folder, 'wget'))))
      return t.skip('wget is not on this machine');
    const torrent = seed.serve('wget.iso', 50_000);
    await qbittorrent.addTorrent(torrent.file);
    const [call] = await until('it called', () => sidecar.requests.length > 0 && sidecar.requests);
    assert.equal(call?.method, 'POST');
    assert.equal(call?.url, `/track?hash=${torrent.hash}`);
    assert.equal(call?.headers.authorization, 'Bearer a-token');
  },
);
