import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hashOf, MINUTE, SECOND } from '../fixtures.ts';
import { startDownload, startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

/** The emitted events, each as one line. */
const emittedBy = ({ events }: World): string[] =>
  events.map((event) =>
    event.type === 'notification.settled'
      ? `${event.type}: ${event.notification.kind} ${event.outcome}`
      : event.type,
  );

describe('the supervisor emits', () => {
  test('each event of a download once, for the log, the metrics and the page', async () => {
    const world = await startDownload(hashOf(1));
    world.set(hashOf(1), { phase: 'complete', progress: 1, finishedAt: 1000 });
    world.finish(hashOf(1));
    await world.pass(MINUTE);
    assert.deepEqual(emittedBy(world), [
      'torrent.tracked',
      'session.ready',
      'notification.settled: progress accepted',
      'notification.settled: completion accepted',
      'notification.settled: card-delete accepted',
      'torrent.finished',
    ]);
  });

  test('no event for polls without changes, however many torrents are tracked', async () => {
    const world = startWorld({ policy: { rate: null } });
    for (let n = 0; n < 200; n += 1) {
      world.set(hashOf(n), { phase: 'downloading', progress: 0.5 });
      world.track(hashOf(n));
    }
    await world.pass(10 * SECOND);
    const [emitted, polls] = [world.events.length, world.count('observe')];
    await world.pass(30 * SECOND);
    assert.ok(world.count('observe') > polls);
    assert.equal(world.events.length, emitted);
  });
});
