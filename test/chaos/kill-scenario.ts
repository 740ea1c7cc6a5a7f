/** A scene with one torrent, for the tests that kill the sidecar at one moment. */
import type { QbittorrentGeneration, SeededTorrent } from '../servers/index.ts';
import { until, visibleCards } from '../servers/index.ts';
import { audibleSequences } from './evidence.ts';
import { createJournal } from './journal.ts';
import { atMoment } from './moments.ts';
import type { Moment } from './moments.ts';
import type { Stage } from './proxy.ts';
import { startScene, TOPIC } from './scene.ts';
import type { Scene } from './scene.ts';

/** A scene whose sidecar has logged in and scanned, with its actions. */
export interface KillScenario extends AsyncDisposable {
  scene: Scene;
  /** A torrent of 1 MB at 250 kB/s. */
  torrent: SeededTorrent;
  add(): Promise<void>;
  /** Kills the sidecar at this moment. */
  killAt(moment: Moment, stage: Stage): Promise<void>;
  kill(): Promise<void>;
  /** The sidecar tracks no torrent, and the download is over. */
  untilSettled(): Promise<void>;
  /** The suffixes of its sequence IDs, without the hash: `` is the progress card, `-done` the completion. */
  cards(): Promise<string[]>;
  sounds(): Promise<string[]>;
}

export async function startKillScenario(generation: QbittorrentGeneration = '5.1'): Promise<KillScenario> {
  await using stack = new AsyncDisposableStack();
  const journal = createJournal();
  const scene = stack.use(await startScene({ generation, finishHook: false, journal }));
  const seed = await scene.seed(250_000);
  const torrent = seed.serve('moment.iso', 1_000_000);
  const { sidecar, qbittorrent, ntfy } = scene;
  sidecar.start();
  await until('it has scanned', () =>
    scene.toQbittorrent.requests.some(
      ({ body, deliveredAt }) => body === 'filter=moving' && deliveredAt !== null,
    ),
  );
  const short = (sequence: string | undefined) => sequence?.replace(`qbit-${torrent.hash}`, '') ?? '';
  const end = async (): Promise<void> => {
    sidecar.send('SIGKILL');
    await sidecar.ended();
  };
  const owned = stack.move();
  return {
    scene,
    torrent,
    add: () => qbittorrent.addTorrent(torrent.file),
    async killAt(moment, stage) {
      await atMoment(scene, { moment, stage, timeLimit: 60_000 }, () => sidecar.send('SIGKILL'));
      await sidecar.ended();
    },
    kill: end,
    async untilSettled() {
      await until('the download is over', async () => {
        const found = await qbittorrent.find(torrent.hash);
        return found === null || found['progress'] === 1;
      });
      // Its message may wait for its next poll, or for 1.1 s to pass.
      let idlePolls = 0;
      await until(
        'nothing is pending',
        async () => {
          const status = await scene.status();
          const idle = status?.torrents.length === 0 && status.outbox.waiting + status.outbox.sending === 0;
          idlePolls = idle ? idlePolls + 1 : 0;
          return idlePolls > 10;
        },
        { every: 250, deadline: 90_000 },
      );
    },
    cards: async () => visibleCards(await ntfy.messages(TOPIC)).map(({ sequence_id }) => short(sequence_id)),
    sounds: async () => audibleSequences(await ntfy.messages(TOPIC)).map(short),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
