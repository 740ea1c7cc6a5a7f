import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { realTest, until } from '../servers/index.ts';
import type { Firewall, QbittorrentGeneration } from '../servers/index.ts';
import { startScene } from './harness.ts';

const GENERATIONS: QbittorrentGeneration[] = ['5.1', 'current'];

describe('a list of all torrents that is never answered', { concurrency: 2 }, () => {
  for (const generation of GENERATIONS) {
    realTest(
      `is no outage of qBittorrent ${generation}: polls continue, and the card of a removed torrent is deleted when the list arrives`,
      { needs: [`qbittorrent ${generation}`, 'ntfy current'] },
      async () => {
        let isRejected = true;
        const firewall: Firewall = ({ path, body }) =>
          isRejected && path.endsWith('/torrents/info') && body === 'filter=all' ? 502 : null;
        await using scene = await startScene({
          qbittorrent: generation,
          rate: 200_000,
          proxy: { firewall },
          // The next attempt is after seconds instead of half a minute; an outage is reported after the same time.
          env: { NTFY_RETRY_MAX: '2s' },
          policy: { troubleAfter: 3000 },
        });
        const { qbittorrent, seed, toQbittorrent } = scene;
        const [removed, kept] = [seed.serve('removed.iso', 20_000_000), seed.serve('kept.iso', 3_000_000)];
        for (const { file } of [removed, kept]) await qbittorrent.addTorrent(file);
        const shown = async () => new Set((await scene.messages()).map(({ sequence_id }) => sequence_id));
        await until('both have a card', async () => (await shown()).size === 2);
        await qbittorrent.remove(removed.hash);

        const lists = () => toQbittorrent.requests.filter(({ body }) => body === 'filter=all');
        const polls = () => toQbittorrent.requests.filter(({ body }) => body.startsWith('hashes='));
        await until('the list was asked for twice', () => lists().length >= 2, { deadline: 60_000 });
        const before = polls().length;
        await until('polls go on', () => polls().length >= before + 6, { deadline: 60_000 });
        // 0: not answered yet.
        assert.ok(polls().every(({ status }) => status === 200 || status === 0));
        assert.ok(!(await shown()).has('qbit-qbittorrent'), 'no incident');

        isRejected = false;
        seed.setRate(Infinity);
        const messages = await until(
          'the card is gone, the other is complete, and nothing is tracked',
          async () => {
            if ((await scene.status()).torrents.length > 0) return null;
            return scene.messages();
          },
          { deadline: 90_000 },
        );
        const sounds = messages.filter(({ priority }) => priority === 4);
        assert.deepEqual(
          sounds.map(({ sequence_id }) => sequence_id),
          [`qbit-${kept.hash}-done`],
        );
        const deleted = messages.filter(({ event }) => event === 'message_delete');
        assert.deepEqual(
          deleted.map(({ sequence_id }) => sequence_id).toSorted((a = '', b = '') => a.localeCompare(b)),
          [removed, kept].map(({ hash }) => `qbit-${hash}`).toSorted((a, b) => a.localeCompare(b)),
        );
      },
    );
  }
});
