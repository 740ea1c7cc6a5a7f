/** The image with real servers. */
import assert from 'node:assert/strict';
import { startNtfy, startQbittorrent, startWebSeed, until, visibleCards } from '../servers/index.ts';
import { runOnce, startContainer } from './container.ts';
import { imageTest } from './image-test.ts';
import { createSettings, TOPIC } from './settings.ts';

imageTest(
  'in the image a real download is tracked from the hook that it installed to one audible completion, across a kill',
  { needs: ['qbittorrent current', 'ntfy current', 'curl'] },
  async (room) => {
    await using qbittorrent = await startQbittorrent('current');
    await using ntfy = await startNtfy('current', { requestLimit: 'none' });
    await using seed = await startWebSeed({ rate: 2_000_000 });
    const run = await createSettings(room, qbittorrent, ntfy);
    const torrent = seed.serve('debian.iso', 12_000_000);
    {
      await using first = await startContainer(room, run);
      await until('the hook is installed', async () => (await first.log()).includes('installed the hook'), {
        every: 1000,
      });
      await qbittorrent.addTorrent(torrent.file);
      await until('a card shows', async () => (await ntfy.messages(TOPIC)).length > 0);
      await first.kill();
    }
    await using second = await startContainer(room, run);
    await until('the completion alone is left', async () => {
      const cards = visibleCards(await ntfy.messages(TOPIC));
      return cards.length === 1 && cards[0]?.title === 'Download Complete';
    });
    const audible = (await ntfy.messages(TOPIC)).filter(({ priority }) => priority === 4);
    assert.equal(audible.length, 1);
    assert.match(audible[0]?.sequence_id ?? '', new RegExp(`^qbit-[0-9a-f]{6}-${torrent.hash}-done$`));
    assert.doesNotMatch(await second.log(), /only in memory/);
    assert.ok(!(await second.log()).includes(qbittorrent.password));
    assert.equal(await second.stop(), 0);
  },
);

imageTest(
  'doctor, install-hook, uninstall-hook and test-notification work in the image',
  { needs: ['qbittorrent current', 'ntfy current'] },
  async (room) => {
    await using qbittorrent = await startQbittorrent('current');
    await using ntfy = await startNtfy('current', { requestLimit: 'none' });
    const run = await createSettings(room, qbittorrent, ntfy);
    const hookOf = async () => {
      const answer = await qbittorrent.api('app/preferences');
      const preferences = (await answer.json()) as Record<string, unknown>;
      return preferences['autorun_on_torrent_added_program'];
    };
    assert.equal((await runOnce(room, ['install-hook'], run)).status, 0);
    const expected = `curl -q -fsS -m 5 --noproxy * -X POST "http://localhost:${run.env.HOOK_PORT}/track?hash=%K"`;
    assert.equal(await hookOf(), expected);
    const doctor = await runOnce(room, ['doctor'], run);
    assert.equal(doctor.status, 0, doctor.stdout + doctor.stderr);
    assert.doesNotMatch(doctor.stdout, /^(?:fail|skip)/m);
    assert.equal((await runOnce(room, ['test-notification'], run)).status, 0);
    assert.equal(visibleCards(await ntfy.messages(TOPIC)).length, 1);
    assert.equal((await runOnce(room, ['uninstall-hook'], run)).status, 0);
    assert.equal(await hookOf(), '');
  },
);
