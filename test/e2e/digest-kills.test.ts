/** Kills at each moment around a digest, on real servers. */
import assert from 'node:assert/strict';
import { realTest, until, visibleCards } from '../servers/index.ts';
import type { Need, SeededTorrent } from '../servers/index.ts';
import { audibleSequences, sequenceOf, SUMMARY } from '../chaos/evidence.ts';
import { createJournal } from '../chaos/journal.ts';
import { atMoment } from '../chaos/moments.ts';
import { startScene, TOPIC } from '../chaos/scene.ts';
import type { Scene } from '../chaos/scene.ts';

const needs: Need[] = ['qbittorrent 5.1', 'ntfy current', 'curl'];

interface DigestScene extends AsyncDisposable {
  scene: Scene;
  torrents: SeededTorrent[];
}

/** A sidecar that tracks so many downloads, none of which gets to its end before `finish`. */
async function startDownloads(count: number): Promise<DigestScene & { finish: () => void }> {
  await using stack = new AsyncDisposableStack();
  const journal = createJournal();
  const scene = stack.use(await startScene({ generation: '5.1', finishHook: false, journal, digestFrom: 2 }));
  scene.sidecar.start();
  await until('it has logged in', () => scene.sidecar.current?.output.includes('logged in') === true);
  const seed = await scene.seed(20_000);
  const torrents = Array.from({ length: count }, (_, n) => seed.serve(`part ${n + 1}.iso`, 400_000));
  for (const { file } of torrents) await scene.qbittorrent.addTorrent(file);
  await until('all are tracked', async () => (await scene.status())?.torrents.length === count);
  const owned = stack.move();
  return {
    scene,
    torrents,
    finish: () => seed.setRate(Infinity),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function untilSettled({ scene, torrents }: DigestScene): Promise<void> {
  await until('all are downloaded', async () => {
    const list = await scene.qbittorrent.list();
    return list.filter(({ progress }) => progress === 1).length === torrents.length;
  });
  let idlePolls = 0;
  await until(
    'nothing is pending',
    async () => {
      const status = await scene.status();
      const messages = await scene.ntfy.messages(TOPIC);
      const idle =
        // A summary that a killed process has left is deleted a minute after the restart.
        !visibleCards(messages).some((card) => sequenceOf(card) === SUMMARY) &&
        status?.torrents.length === 0 &&
        status.outbox.waiting + status.outbox.sending === 0 &&
        status.digests.every(({ lines, delivered }) => lines === delivered);
      idlePolls = idle ? idlePolls + 1 : 0;
      return idlePolls > 10;
    },
    { every: 250, deadline: 180_000 },
  );
}

/** Every name is on one card, no sequence has made two sounds, and no progress card is left. */
async function assertOnce({ scene, torrents }: DigestScene): Promise<void> {
  const messages = await scene.ntfy.messages(TOPIC);
  const cards = visibleCards(messages).map(sequenceOf);
  const own = torrents.filter(({ hash }) => cards.includes(`qbit-${hash}-done`)).map(({ name }) => name);
  const digests = (await scene.status())?.digests ?? [];
  const listed = (await Promise.all(digests.map(({ id }) => scene.namesOf(id)))).flat();
  assert.deepEqual([...own, ...listed].toSorted(), torrents.map(({ name }) => name).toSorted());
  assert.deepEqual(
    cards.toSorted(),
    [
      ...torrents.filter(({ name }) => own.includes(name)).map(({ hash }) => `qbit-${hash}-done`),
      ...digests.map(({ id }) => `qbit-${id}`),
    ].toSorted(),
  );
  const sounds = audibleSequences(messages);
  assert.equal(new Set(sounds).size, sounds.length, sounds.join());
}

const STAGES = { arrived: 'sent', answered: 'accepted', delivered: 'accepted and answered' } as const;

for (const [stage, words] of Object.entries(STAGES))
  realTest(
    `killed when its digest has been ${words}, it announces each completion once, with one sound`,
    { needs },
    async () => {
      await using running = await startDownloads(6);
      const { scene, finish } = running;
      const killed = atMoment(
        scene,
        { moment: 'digest', stage: stage as keyof typeof STAGES, timeLimit: 60_000 },
        () => scene.sidecar.send('SIGKILL'),
      );
      finish();
      await killed;
      await scene.sidecar.ended();
      scene.sidecar.start();
      await untilSettled(running);
      await assertOnce(running);
    },
  );

realTest(
  'with ntfy down while a digest grows over two kills, each name is on one card, and the page has all',
  { needs },
  async () => {
    await using running = await startDownloads(40);
    const { scene, finish } = running;
    await scene.toNtfy.down();
    finish();
    for (let kills = 0; kills < 2; kills += 1) {
      await until('some are on a digest', async () => ((await scene.status())?.digests.length ?? 0) > 0);
      scene.sidecar.send('SIGKILL');
      await scene.sidecar.ended();
      scene.sidecar.start();
    }
    await scene.toNtfy.up();
    await untilSettled(running);
    await assertOnce(running);
  },
);
