import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findShownActor } from '../../src/page/actors.ts';
import { hashOf, partitionOf, SECOND } from '../machines/fixtures.ts';
import { following, startScene, take } from './setup.ts';

describe('an open chart', () => {
  test('is sent whole, then with the steps of its actor, to its viewers only', async (t) => {
    const { world, board } = startScene(t, await following(2));
    const viewer = board.join(findShownActor(hashOf(1), world.supervisor), '');
    const plain = board.join(null, '');
    const body = (await take(viewer)).get('chart-body') ?? '';
    assert.match(body, /data-state="polling\.downloading"/);
    assert.match(body, /<svg /);
    assert.match(body, /torrent 1/);
    await take(plain);

    world.set(hashOf(1), { phase: 'complete', progress: 1 });
    await world.pass(20 * SECOND);
    const next = await take(viewer);
    const states = /data-trail="([^"]*)"/.exec(next.get('chart-now') ?? '')?.[1]?.replaceAll('&quot;', '"');
    assert.deepEqual(
      (JSON.parse(states ?? '[]') as unknown[][]).map(([, state]) => state),
      ['notifying.completion', 'notifying.dismissal', 'complete'],
    );
    assert.match(next.get('chart-now') ?? '', /Stopped\. Last state: <strong>complete</);
    assert.match(
      next.get('chart-log') ?? '',
      /<\/time> <b>notification\.settled.*notifying\.dismissal → complete/,
    );
    assert.ok(![...(await take(plain)).keys()].some((id) => id.startsWith('chart')));
  });

  test('exists for each actor by its name, and for nothing else', async (t) => {
    const { world, board } = startScene(t, await following(1));
    const names = [
      'supervisor',
      'session',
      'watcher',
      'outbox',
      'incident',
      'discovery',
      'hookInstaller',
      partitionOf(hashOf(0)),
      hashOf(0),
    ];
    for (const name of names) {
      const viewer = board.join(findShownActor(name, world.supervisor), '');
      const body = (await take(viewer)).get('chart-body') ?? '';
      assert.match(body, /Now <strong>\w/, name);
      viewer?.leave();
    }
    const strange = [
      '',
      'store',
      'publish.0',
      '__proto__',
      'constructor',
      'shard.0',
      'shard.0g',
      'shard.',
      '<b>',
      'x'.repeat(40),
    ];
    for (const name of strange) assert.equal(findShownActor(name, world.supervisor), null, name);
    const missing = board.join(findShownActor(hashOf(9), world.supervisor), '');
    assert.match((await take(missing)).get('chart-body') ?? '', /This actor is not running/);
  });

  test('lists earlier steps since the first viewer connected', async (t) => {
    const { world, board } = startScene(t, await following(1));
    await take(board.join(null, ''));
    world.set(hashOf(0), { progress: 0.6 });
    await world.pass(5 * SECOND);
    const body =
      (await take(board.join(findShownActor(hashOf(0), world.supervisor), ''))).get('chart-body') ?? '';
    assert.match(body, /torrent\.observed.*polling\.downloading → notifying\.progress\.waiting/);
  });
});
