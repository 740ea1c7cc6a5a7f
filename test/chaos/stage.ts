/** One scene for one torrent: what the tests of single moments need. */
import type { QbittorrentGeneration, SeededTorrent } from '../servers/index.ts';
import { until, visibleCards } from '../servers/index.ts';
import { heardSequences } from './evidence.ts';
import { createJournal } from './journal.ts';
import { atMoment } from './moments.ts';
import type { Moment } from './moments.ts';
import type { Stage } from './proxy.ts';
import { startScene, TOPIC } from './scene.ts';
import type { Scene } from './scene.ts';

/** A scene whose sidecar has logged in and looked, and what can be done there. */
export interface SmallStage extends AsyncDisposable {
  scene: Scene;
  /** A torrent of 1 MB at 250 kB/s. */
  torrent: SeededTorrent;
  add(): Promise<void>;
  /** Kills the sidecar as soon as the moment comes. */
  killAt(moment: Moment, stage: Stage): Promise<void>;
  kill(): Promise<void>;
  /** The sidecar follows nothing any more, and the download is over. */
  untilSettled(): Promise<void>;
  /** The hash of the torrent in each is left out: `` is the progress card, `-done` the completion. */
  cards(): Promise<string[]>;
  heard(): Promise<string[]>;
}

export async function setStage(generation: QbittorrentGeneration = '5.1'): Promise<SmallStage> {
  await using stack = new AsyncDisposableStack();
  const journal = createJournal();
  const scene = stack.use(await startScene({ generation, finishHook: false, journal }));
  const seed = await scene.seed(250_000);
  const torrent = seed.serve('moment.iso', 1_000_000);
  const { sidecar, qbittorrent, ntfy } = scene;
  sidecar.start();
  await until('it has looked', () =>
    scene.toQbittorrent.passages.some(
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
      await atMoment(scene, { moment, stage, patience: 60_000 }, () => sidecar.send('SIGKILL'));
      await sidecar.ended();
    },
    kill: end,
    async untilSettled() {
      await until('the download is over', async () => {
        const found = await qbittorrent.find(torrent.hash);
        return found === null || found['progress'] === 1;
      });
      // What it has to say may wait for its next poll, or for 1.1 s to pass.
      let rest = 0;
      await until(
        'nothing is left to say',
        async () => {
          const status = await scene.status();
          const quiet = status?.torrents.length === 0 && status.outbox.waiting + status.outbox.sending === 0;
          rest = quiet ? rest + 1 : 0;
          return rest > 10;
        },
        { every: 250, deadline: 90_000 },
      );
    },
    cards: async () => visibleCards(await ntfy.messages(TOPIC)).map(({ sequence_id }) => short(sequence_id)),
    heard: async () => heardSequences(await ntfy.messages(TOPIC)).map(short),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
