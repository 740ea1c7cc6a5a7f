import assert from 'node:assert/strict';
import { realTest, until, visibleCards } from '../servers/index.ts';
import type { NtfyMessage, QbittorrentGeneration } from '../servers/index.ts';
import { startScene } from './harness.ts';

const GENERATIONS: QbittorrentGeneration[] = ['legacy', '5.1', 'current'];

const isDeletion = ({ event }: NtfyMessage) => event === 'message_delete';

for (const generation of GENERATIONS) {
  realTest(
    `a download on qBittorrent ${generation} is one silently updated card, then one audible completion`,
    { needs: [`qbittorrent ${generation}`, 'ntfy current'] },
    async () => {
      await using scene = await startScene({ qbittorrent: generation });
      const torrent = scene.seed.serve('debian.iso', 16_000_000);
      await scene.qbittorrent.addTorrent(torrent.file);
      const messages = await until('the progress card is deleted', async () => {
        const all = await scene.messages();
        return all.some(isDeletion) && all;
      });

      const progress = messages.filter(({ event, priority }) => event === 'message' && priority === 2);
      const completions = messages.filter(({ priority }) => priority === 4);
      assert.ok(progress.length >= 3, `${progress.length} silent updates`);
      assert.deepEqual(
        new Set(progress.map(({ sequence_id }) => sequence_id)),
        new Set([`qbit-${torrent.hash}`]),
      );
      assert.ok(progress.every(({ title }) => title === 'debian.iso'));
      assert.match(progress.at(-1)?.message ?? '', /^\d+% \[█*░+\]\nSpeed: [\d.]+ [kMG]?B\/s\nETA: .+$/);
      const percents = progress.map(({ message = '' }) => Number(/(\d+)%/.exec(message)?.[1]));
      assert.ok(percents.every(Number.isInteger), percents.join(', '));
      assert.deepEqual(
        percents,
        percents.toSorted((a, b) => a - b),
      );

      assert.equal(completions.length, 1);
      assert.equal(completions[0]?.sequence_id, `qbit-${torrent.hash}-done`);
      assert.equal(completions[0]?.title, 'Download Complete');
      assert.match(
        completions[0]?.message ?? '',
        /^debian\.iso has finished downloading\.\n16\.0 MB in \d+s, [\d.]+ [kM]B\/s on average$/,
      );
      assert.deepEqual(
        messages.slice(-2).map(({ event }) => event),
        ['message', 'message_delete'],
      );
      assert.deepEqual(
        visibleCards(messages).map(({ title }) => title),
        ['Download Complete'],
      );

      assert.equal(scene.toQbittorrent.logins(), 1);
      const { torrents, watcher } = await scene.status();
      assert.deepEqual(torrents, []);
      assert.equal(watcher.state, 'asleep');
    },
  );
}

realTest(
  'names with emoji, quotes, HTML and right-to-left marks reach the phone as text',
  { needs: ['qbittorrent 5.1', 'ntfy current'] },
  async () => {
    await using scene = await startScene({ qbittorrent: '5.1', rate: 8_000_000 });
    const names = [
      'Film 🎬 "quoted" \'single\'',
      '"><img src=x onerror=alert(1)>',
      'abc\u202Egnp.exe',
      '=?utf-8?q?decoded?= and $(reboot) `id` %K',
      'עברית \u200Fabc',
    ];
    for (const name of names) {
      // qBittorrent itself removes path characters from a name.
      await scene.qbittorrent.addTorrent(scene.seed.serve(name.replaceAll('/', ''), 500_000).file);
    }
    const done = await until('all of them are announced', async () => {
      const completions = (await scene.messages()).filter(({ priority }) => priority === 4);
      return completions.length === names.length && completions;
    });
    const texts = done.map(({ message }) => message ?? '').join('\n');
    assert.ok(texts.includes('Film 🎬 "quoted" \'single\' has finished downloading.'));
    assert.ok(texts.includes('"><img src=x onerror=alert(1)> has finished downloading.'));
    assert.ok(texts.includes('=\u2060?utf-8?q?decoded?= and $(reboot) `id` %K has finished downloading.'));
    assert.doesNotMatch(texts, /[\u200E\u200F\u202A-\u202E\u2066-\u2069]/u);
    assert.ok(scene.log.every((line) => line.trim().split('\n').length === 1 && JSON.parse(line)));
  },
);

realTest(
  'an ntfy without sequence IDs receives milestones, not a card for each update',
  { needs: ['qbittorrent current', 'ntfy legacy'] },
  async () => {
    await using scene = await startScene({ qbittorrent: 'current', ntfy: 'legacy', rate: 1_500_000 });
    const torrent = scene.seed.serve('debian.iso', 20_000_000);
    await scene.qbittorrent.addTorrent(torrent.file);
    await until('it is announced and no longer tracked', async () => {
      const announced = (await scene.messages()).some(({ priority }) => priority === 4);
      return announced && (await scene.status()).torrents.length === 0;
    });
    const messages = await scene.messages();
    const percents = messages
      .filter(({ priority }) => priority === 2)
      .map(({ message = '' }) => Number(/(\d+)%/.exec(message)?.[1]));
    // One to detect it, then one for each quarter.
    assert.ok(percents.length >= 3 && percents.length <= 4, `announced ${percents.join(', ')}`);
    const quarters = percents.slice(1).map((percent) => Math.floor(percent / 25));
    assert.deepEqual(quarters, [...new Set(quarters)]);
    assert.equal(messages.filter(({ priority }) => priority === 4).length, 1);
    assert.equal((await scene.status()).outbox.live, false);
    assert.ok(scene.toNtfy.requests.every(({ method }) => method === 'POST'));
  },
);
