/** What the history keeps of torrents that end. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SendKind } from '../../../machines/routing/types.ts';
import { endedOf } from '../../../machines/supervisor/ended.ts';
import type { EndedTorrent } from '../../../machines/supervisor/ended.ts';
import { createRecord } from '../../../machines/torrent/record.ts';
import { hashOf, MINUTE, SECOND, seen } from '../fixtures.ts';
import { createTestRules } from '../../support/rules.ts';
import { isOver, startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const a = hashOf(1);

const endsOf = ({ written }: World): EndedTorrent[] =>
  written.flatMap((event) =>
    event.type === 'record.delete' && event.ended !== undefined ? [event.ended] : [],
  );

const startWith = (send: readonly SendKind[]) =>
  startWorld({ rules: createTestRules(() => ({ rule: 'all', send })).rules });

const film = { name: 'film', category: 'films', size: 1000, downloaded: 1200, duration: 10 };

/** Downloads, and is complete or removed. */
async function live(world: World, end: EndedTorrent['end'], hash = a): Promise<void> {
  world.set(hash, { ...film, progress: 0.3 });
  world.track(hash);
  await world.pass(20 * SECOND);
  if (end === 'complete') world.set(hash, { phase: 'complete', progress: 1, finishedAt: 15 });
  else world.torrents.delete(hash);
  await world.pass(MINUTE);
}

describe('the end of a torrent', () => {
  test('that is complete has its figures, the time at which it finished and its own card', async () => {
    const world = startWorld();
    await live(world, 'complete');
    const rest = { key: a, hash: a, at: 15, end: 'complete', rule: null, card: 'own', reason: null };
    assert.deepEqual(endsOf(world), [{ ...film, ...rest }]);
    assert.ok(isOver(world));
  });

  test('that was removed has the last figures and the time at which it was missed', async () => {
    const world = startWorld();
    await live(world, 'removed');
    const [ended] = endsOf(world);
    const { at = 0, downloaded = 0 } = ended ?? {};
    assert.ok(at > 20 && at < 60 && downloaded > film.downloaded, `${at}, ${downloaded}`);
    const rest = { key: a, hash: a, at, end: 'removed', rule: null, card: null, reason: 'removal' };
    assert.deepEqual(endsOf(world), [{ ...film, downloaded, ...rest }]);
  });

  test('names the rule, and whether a removal was announced', async () => {
    const world = startWith(['progress', 'removed']);
    await live(world, 'removed');
    assert.deepEqual(
      endsOf(world).map(({ rule, card, reason }) => [rule, card, reason]),
      [['all', 'own', null]],
    );
  });

  test('whose rule sends no completion has that reason, with a card and without', async () => {
    for (const send of [[], ['progress']] as const) {
      const world = startWith(send);
      await live(world, 'complete');
      assert.deepEqual(
        endsOf(world).map(({ name, rule, card, reason }) => [name, rule, card, reason]),
        [['film', 'all', null, 'rule']],
      );
    }
  });

  test('whose data existed before has that reason', async () => {
    const world = startWorld();
    world.set(a, { ...film, phase: 'complete', progress: 1, downloaded: 0 });
    world.track(a);
    await world.pass(MINUTE);
    assert.deepEqual(
      endsOf(world).map(({ name, end, card, reason }) => [name, end, card, reason]),
      [['film', 'complete', null, 'existing']],
    );
  });

  test('on a digest names the digest', async () => {
    const world = startWorld({ policy: { rate: null, digestFrom: 4 } });
    const hashes = [1, 2, 3, 4, 5].map(hashOf);
    for (const hash of hashes) {
      world.set(hash, film);
      world.track(hash);
    }
    await world.pass(20 * SECOND);
    for (const hash of hashes) world.set(hash, { phase: 'complete', progress: 1 });
    await world.pass(MINUTE);
    const ids = new Set(endsOf(world).map(({ card }) => card));
    assert.deepEqual([endsOf(world).length, ids.size], [5, 1]);
    assert.match([...ids][0] ?? '', /^d\w+$/);
  });

  test('is one entry although a hook names the torrent again afterwards', async () => {
    const world = startWorld();
    await live(world, 'complete');
    for (let times = 0; times < 3; times += 1) {
      world.finish(a);
      await world.pass(MINUTE);
    }
    assert.equal(world.events.filter(({ type }) => type === 'torrent.finished').length, 4);
    assert.equal(endsOf(world).length, 1);
  });

  test('of hashes that qBittorrent has never shown is no entry, however many a hook names', async () => {
    const world = startWorld();
    for (let n = 1; n <= 500; n += 1) world.track(hashOf(n));
    await world.pass(5 * MINUTE);
    assert.ok(isOver(world));
    assert.deepEqual(endsOf(world), []);
  });

  test('survives a kill between the completion and the deletion of the card', async () => {
    const world = startWorld();
    await live(world, 'complete');
    const stored = world.written.flatMap((event) => (event.type === 'record.save' ? [event.record] : []));
    const moments = stored.filter(({ stage }) => stage === 'completing' || stage === 'completed');
    assert.ok(moments.length >= 2);
    for (const record of moments) {
      const next = startWorld({ records: [record], skew: MINUTE });
      next.set(a, { ...film, phase: 'complete', progress: 1, finishedAt: 15 });
      await next.pass(MINUTE);
      assert.deepEqual(endsOf(next), endsOf(world), record.stage);
    }
  });

  test('survives a kill between the removal and the deletion of the card, with its name', async () => {
    const world = startWorld();
    await live(world, 'removed');
    const records = world.written.flatMap((event) =>
      event.type === 'record.save' && event.record.stage === 'removed' ? [event.record] : [],
    );
    assert.ok(records.length > 0);
    for (const record of records) {
      const next = startWorld({ records: [record] });
      await next.pass(MINUTE);
      assert.deepEqual(
        endsOf(next).map(({ name, category, end, reason }) => [name, category, end, reason]),
        [['film', 'films', 'removed', 'removal']],
      );
    }
  });
});

describe('an entry of the history', () => {
  const now = 100_000;

  test('is never in the future: the clock of qBittorrent may be ahead', () => {
    const record = {
      ...createRecord(a, 0),
      stage: 'completed',
      finished: seen({ finishedAt: 5000 }),
    } as const;
    assert.equal(endedOf(record, { end: 'complete', last: null, now })?.at, 100);
  });

  test('of a record of an older version, which names no card, has its own', () => {
    const record = { ...createRecord(a, 0), stage: 'completed', finished: seen() } as const;
    assert.equal(endedOf(record, { end: 'complete', last: null, now })?.card, 'own');
  });

  test('is not written when a finish hook arrives while a removed torrent ends: it is complete after all', () => {
    const record = { ...createRecord(a, 0), finishHookAt: 99 };
    assert.equal(endedOf(record, { end: 'removed', last: seen(), now }), null);
  });

  test('exists for a torrent that was removed while the process did not run, without its name', () => {
    const record = { ...createRecord(a, 0), received: true };
    assert.partialDeepStrictEqual(endedOf(record, { end: 'removed', last: null, now }), {
      name: null,
      hash: a,
      at: 100,
      reason: 'removal',
    });
  });
});
