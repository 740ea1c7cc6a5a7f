import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createMagnet, realTest, startNtfy, startQbittorrent, until } from '../servers/index.ts';
import { TOPIC } from './harness.ts';
import { startSidecar } from '../support/sidecar.ts';

const hashesOf = (name: string, count: number) =>
  Array.from({ length: count }, (_, n) => createHash('sha1').update(`${name} ${n}`).digest('hex'));

realTest(
  '120 torrents that are added at once without a hook are all tracked, and no more than MAX_TRACKED of others',
  { needs: ['qbittorrent 5.1', 'ntfy current'] },
  async () => {
    await using qbittorrent = await startQbittorrent('5.1');
    await using ntfy = await startNtfy('current');
    const sidecar = await startSidecar(
      {
        QBIT_HOST: qbittorrent.url,
        QBIT_USER: qbittorrent.username,
        QBIT_PASS: qbittorrent.password,
        NTFY_TOPIC: `${ntfy.url}/${TOPIC}`,
        MAX_TRACKED: '130',
      },
      [],
      { discover: 1000 },
    );
    const { discovery } = sidecar.supervisor.getSnapshot().children;
    const tracked = () => new Set(sidecar.supervisor.getSnapshot().context.registry.records.keys());
    await until('it knows what is old', () => discovery?.getSnapshot().context.newest != null);
    const hashes = hashesOf('first', 120);
    await qbittorrent.addMagnets(hashes.map((hash) => createMagnet(hash)));
    await until('all are tracked', () => tracked().size === 120);
    assert.deepEqual(tracked(), new Set(hashes));

    const others = hashesOf('second', 20);
    await qbittorrent.addMagnets(others.map((hash) => createMagnet(hash)));
    await until('there is no place left', () => tracked().size === 130);
    for (const hash of hashes) await qbittorrent.remove(hash);
    await until('the others are tracked too', () => others.every((hash) => tracked().has(hash)), {
      deadline: 60_000,
    });
    await sidecar.stop();
  },
);
