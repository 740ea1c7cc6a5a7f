/** A summary survives the process: it is updated or deleted, never left. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRecord } from '../../../machines/torrent/record.ts';
import { failure, hashOf, MINUTE, SECOND, seen } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';
import {
  acceptedOf,
  add,
  keysOf,
  progressCards,
  startDownloads,
  stateOf,
  storedRoutes,
  SUMMARY,
  summaryOn,
} from './downloads.ts';

const policy = { rate: null };

/** What an earlier process has left: a summary, and records of so many downloads. */
function restart(count: number, { cards = false, downloads = count } = {}) {
  const records = Array.from(keysOf(count), (key) => ({ ...createRecord(key, 0), card: cards }));
  const world = startWorld({ policy, records, summaries: ['default'] });
  world.phone.receive({
    kind: 'summary',
    key: 'summary',
    at: 0,
    downloads: 99,
    percent: 1,
    speed: 0,
    eta: null,
    lines: [],
  });
  if (cards) for (const key of keysOf(count)) world.phone.receive(cardOf(key));
  for (const [n, key] of keysOf(count).entries())
    world.set(key, { progress: 0.5, phase: n < downloads ? 'downloading' : 'queued' });
  return world;
}

const cardOf = (key: string) =>
  ({
    kind: 'progress',
    key,
    at: 0,
    torrent: seen({ hash: key, name: key }),
    card: { percent: 40, phase: 'downloading' },
    shown: null,
  }) as const;

describe('what may be on the phone is stored', () => {
  test('before the summary is sent, and until its deletion is accepted', async () => {
    const world = startDownloads(9, { policy });
    const stored: number[] = [];
    const { publish } = world.script;
    world.script.publish = (notification) => {
      if (notification.kind === 'summary') stored.push(storedRoutes(world).at(-1)?.length ?? 0);
      return notification.kind === 'summary-delete' ? failure('unreachable') : publish(notification);
    };
    await world.pass(30 * SECOND);
    assert.equal(stored[0], 1);
    assert.deepEqual(storedRoutes(world), [['default']]);
    for (const key of keysOf(9)) world.torrents.delete(key);
    await world.pass(3 * MINUTE);
    assert.deepEqual(storedRoutes(world), [['default']]);
    world.script.publish = publish;
    await world.pass(10 * MINUTE);
    assert.deepEqual(storedRoutes(world), [['default'], []]);
    assert.equal(summaryOn(world), undefined);
  });
});

describe('a new process', () => {
  test('updates the summary that it finds, without a card in between', async () => {
    const world = restart(9);
    await world.pass(30 * SECOND);
    assert.equal(summaryOn(world)?.downloads, 9);
    await world.pass(5 * MINUTE);
    assert.deepEqual([acceptedOf(world, 'progress'), acceptedOf(world, 'summary-delete')], [0, 0]);
  });

  test('keeps it for a minute if polls show few downloads, then deletes it and sends their cards', async () => {
    const world = restart(9, { downloads: 2 });
    await world.pass(50 * SECOND);
    assert.deepEqual([summaryOn(world)?.downloads, progressCards(world)], [99, 0]);
    await world.pass(40 * SECOND);
    assert.deepEqual([summaryOn(world), progressCards(world)], [undefined, 2]);
    assert.deepEqual(storedRoutes(world), [[]]);
  });

  test('keeps it while qBittorrent cannot be polled', async () => {
    const world = startWorld({ policy, records: [createRecord(hashOf(1), 0)], summaries: ['default'] });
    world.script.login = () => failure('unreachable');
    await world.pass(10 * MINUTE);
    assert.equal(acceptedOf(world, 'summary-delete'), 0);
  });

  test('deletes it if nothing is tracked, and has no timer then', async () => {
    const world = startWorld({ policy, summaries: ['default', 'films'] });
    await world.pass(2 * MINUTE);
    assert.deepEqual(
      world.phone.accepted.map(({ kind, route }) => [kind, route]),
      [
        ['summary-delete', undefined],
        ['summary-delete', 'films'],
      ],
    );
    assert.equal(stateOf(world), 'idle');
  });

  test('deletes it where the setting excludes summaries now', async () => {
    const records = keysOf(9).map((key) => createRecord(key, 0));
    const world = startWorld({ policy: { rate: null, summaryFrom: null }, records, summaries: ['default'] });
    add(world, keysOf(9));
    await world.pass(MINUTE);
    assert.deepEqual([acceptedOf(world, 'summary-delete'), progressCards(world)], [1, 9]);
  });

  test('deletes the cards of single downloads that an earlier one has left', async () => {
    const world = restart(9, { cards: true });
    assert.equal(progressCards(world), 9);
    await world.pass(MINUTE);
    assert.deepEqual([...world.phone.cards.keys()], [SUMMARY]);
    assert.ok(world.records().every(({ card, oldCards }) => !card && oldCards.length === 0));
  });
});

test('a crash of the services leaves neither a card nor an old summary', async () => {
  const world = startDownloads(12, { policy });
  await world.pass(30 * SECOND);
  world.script.hangs.publish = 1;
  world.set(hashOf(1), { progress: 0.9 });
  // The request never settles: the outbox crashes, and all services are started again.
  await world.pass(10 * MINUTE);
  assert.equal(world.events.filter(({ type }) => type === 'service.crashed').length, 1);
  assert.deepEqual([...world.phone.cards.keys()], [SUMMARY]);
  assert.deepEqual([summaryOn(world)?.downloads, acceptedOf(world, 'summary-delete')], [12, 0]);
});

test('a card that was withdrawn before a kill is deleted, also if its torrent has completed meanwhile', async () => {
  const torrent = seen({ hash: hashOf(1), phase: 'complete', finishedAt: 1 });
  for (const stage of ['completing', 'completed'] as const) {
    const record = { ...createRecord(hashOf(1), 0), stage, finished: torrent, oldCards: ['default'] };
    const world = startWorld({ policy, records: [record] });
    await world.pass(MINUTE);
    const deletions = world.published().filter(({ kind }) => kind === 'card-delete');
    assert.ok(
      deletions.length > 0 && deletions.every((deletion) => 'shown' in deletion && deletion.shown),
      stage,
    );
    assert.deepEqual(world.records(), []);
  }
});
