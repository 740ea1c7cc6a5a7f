/** A download from its start to its end. */
import assert from 'node:assert/strict';
import { until } from '../servers/index.ts';
import { hashes, info, openSession } from './qbittorrent-subject.ts';
import type { QbittorrentCase, Session } from './qbittorrent-subject.ts';

async function poll(session: Session, hash: string): Promise<Record<string, unknown> | undefined> {
  return (await info(session, `?hashes=${hash}`))[0];
}

/** Every observed entry of a torrent until it is in one of these states. */
async function watch(session: Session, hash: string, ends: string[]): Promise<Record<string, unknown>[]> {
  const seen: Record<string, unknown>[] = [];
  await until(ends.join(' or '), async () => {
    const object = await poll(session, hash);
    if (object) seen.push(object);
    return ends.includes(String(object?.state));
  });
  return seen;
}

/** The final states of a download that is not stopped. */
const FINISHED = ['stalledUP', 'uploading'];

export const downloadCases: QbittorrentCase[] = [
  {
    title: 'a download rises from nothing to a finished state; "stalled" is one of its states on the way',
    run: async (subject) => {
      const session = await openSession(subject);
      const { hash, name, size } = await subject.download();
      const seen = await watch(session, hash, FINISHED);
      const states = new Set(seen.map(({ state }) => String(state)));
      const usual = new Set(['checkingResumeData', 'stalledDL', 'downloading', ...FINISHED]);
      assert.deepEqual(
        [...states].filter((state) => !usual.has(state)),
        [],
      );
      const progress = seen.map((object) => Number(object.progress));
      assert.deepEqual(
        progress,
        progress.toSorted((a, b) => a - b),
      );
      assert.ok(seen.every((object) => object.size === size && object.name === name));
      assert.ok(seen.filter(({ state }) => state === 'stalledDL').every(({ dlspeed }) => dlspeed === 0));
    },
  },
  {
    title: 'a finished torrent has all its bytes, a date of completion, and no ETA',
    run: async (subject) => {
      const session = await openSession(subject);
      const { hash, name, size } = await subject.download();
      await watch(session, hash, FINISHED);
      const object = await until('the time to go is unknown', async () => {
        const object = await poll(session, hash);
        return object?.eta === 8_640_000 && object;
      });
      const { progress, amount_left, completed, total_size, priority, availability } = object;
      assert.deepEqual([progress, amount_left, completed, total_size], [1, 0, size, size]);
      assert.deepEqual([priority, availability], [0, -1]);
      const { completion_on, added_on, infohash_v1, infohash_v2 } = object;
      assert.ok(Number(completion_on) >= Number(added_on) && Number(added_on) > 0);
      assert.deepEqual([infohash_v1, infohash_v2], [hash, '']);
      assert.ok(String(object.content_path).endsWith(`/${name}`));
      if (subject.generation !== 'legacy') assert.equal(object.has_metadata, true);
    },
  },
  {
    title: 'a finished torrent that is stopped is still complete, but no longer seeds',
    run: async (subject) => {
      const session = await openSession(subject);
      const { hash } = await subject.download();
      await watch(session, hash, FINISHED);
      const of = (filter: string) => hashes(session, `?filter=${filter}&hashes=${hash}`);
      assert.deepEqual([await of('completed'), await of('seeding')], [[hash], [hash]]);
      assert.deepEqual(await of('downloading'), []);
      const legacy = subject.generation === 'legacy';
      await session.post(`torrents/${legacy ? 'pause' : 'stop'}`, { hashes: hash });
      await watch(session, hash, [legacy ? 'pausedUP' : 'stoppedUP']);
      assert.deepEqual([await of('completed'), await of('seeding')], [[hash], []]);
    },
  },
];
