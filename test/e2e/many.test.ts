/** Many completions at once on real servers, with ntfy's default limits and the default settings. */
import assert from 'node:assert/strict';
import { audibleSequences } from '../chaos/evidence.ts';
import { realTest, startNtfy, startProxy, startQbittorrent, startWebSeed, until } from '../servers/index.ts';
import type { NtfyMessage } from '../servers/index.ts';
import { startSidecar } from '../support/sidecar.ts';
import { TOPIC } from './harness.ts';

const COUNT = 200;
const SIZE = 500_000;

const isOwn = ({ sequence_id = '' }: NtfyMessage) => sequence_id.endsWith('-done');
const isDigest = ({ sequence_id = '' }: NtfyMessage) => /^qbit-d[0-9a-z]+$/.test(sequence_id);

/** Completions on the phone: those with their own cards, and those that the last form of each digest counts. */
function notified(messages: readonly NtfyMessage[]): number {
  const digests = new Map(
    messages.filter(isDigest).map(({ sequence_id, title = '' }) => [sequence_id, Number.parseInt(title, 10)]),
  );
  return messages.filter(isOwn).length + [...digests.values()].reduce((sum, count) => sum + count, 0);
}

realTest(
  `${COUNT} downloads that complete together while the summary shows are all on the phone, by few messages and five sounds`,
  { needs: ['qbittorrent 5.1', 'ntfy current'] },
  async (t) => {
    await using ntfy = await startNtfy('current');
    await using toNtfy = await startProxy(ntfy.url);
    await using qbittorrent = await startQbittorrent('5.1');
    await qbittorrent.setPreferences({ queueing_enabled: false, max_active_downloads: -1 });
    await using seed = await startWebSeed({ rate: 400_000 });
    const sidecar = await startSidecar({
      QBIT_HOST: qbittorrent.url,
      QBIT_USER: qbittorrent.username,
      QBIT_PASS: qbittorrent.password,
      NTFY_TOPIC: `${toNtfy.url}/${TOPIC}`,
      INSTANCE_NAME: 'qbit',
      // The defaults, which other tests do not use.
      NTFY_RATE: 'auto',
      DIGEST_FROM: '4',
      SUMMARY_FROM: '8',
      POLL_INTERVAL: '5s',
    });
    const torrents = Array.from({ length: COUNT }, (_, n) => seed.serve(`episode ${n + 1}.mkv`, SIZE));
    for (const { file, hash } of torrents) {
      await qbittorrent.addTorrent(file);
      sidecar.supervisor.send({ type: 'torrent.track', hash });
    }
    const messages = () => ntfy.messages(TOPIC);
    await until(
      'the summary shows all',
      async () => (await messages()).some(({ title = '' }) => title.startsWith(`${COUNT} downloads: `)),
      { deadline: 120_000 },
    );
    const before = (await messages()).length;
    seed.setRate(Infinity);
    await until(
      'all are downloaded',
      async () => (await qbittorrent.list()).filter(({ progress }) => progress === 1).length === COUNT,
      { deadline: 300_000 },
    );
    const from = performance.now();
    await until('all are notified', async () => notified(await messages()) === COUNT, { deadline: 120_000 });
    t.diagnostic(`all notified ${Math.round((performance.now() - from) / 1000)} s after the last`);
    await until(
      'nothing is tracked',
      () => sidecar.supervisor.getSnapshot().context.registry.records.size === 0,
    );
    await sidecar.stop();
    const all = await messages();
    const completed = all.slice(before);
    t.diagnostic(`${completed.length} messages and ${audibleSequences(all).length} sounds`);
    assert.ok(audibleSequences(all).length <= 5);
    assert.equal(toNtfy.requests.filter(({ status }) => status === 429).length, 0);
    // On a slow machine the downloads take longer than a minute, and there are more updates.
    const minutes = Math.ceil(((all.at(-1)?.time ?? 0) - (completed[0]?.time ?? 0)) / 60);
    assert.ok(completed.length <= 25 * Math.max(1, minutes), `${completed.length} in ${minutes} min`);
  },
);
