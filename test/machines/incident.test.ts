import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, hashOf, MINUTE, ok, SECOND } from './fixtures.ts';
import { startWorld } from './world.ts';

const torrent = hashOf(1);
const kinds = (world: ReturnType<typeof startWorld>) => world.phone.accepted.map(({ kind }) => kind);

describe('qBittorrent that is away', () => {
  test('for half a minute is nothing to speak of', async () => {
    const world = startWorld();
    world.set(torrent, { phase: 'metadata' });
    await world.pass(10 * SECOND);
    const answer = world.script.observe;
    world.script.observe = () => failure('unreachable');
    await world.pass(45 * SECOND);
    world.script.observe = answer;
    await world.pass(10 * MINUTE);
    assert.deepEqual(kinds(world), []);
  });

  test('for longer is said once, and taken back once in place', async () => {
    const world = startWorld();
    world.set(torrent, { phase: 'metadata' });
    await world.pass(10 * SECOND);
    const answer = world.script.observe;
    world.script.observe = () => failure('unreachable');
    await world.pass(9 * MINUTE);
    assert.deepEqual(kinds(world), ['incident']);
    world.script.observe = answer;
    await world.pass(2 * MINUTE);
    assert.deepEqual(kinds(world), ['incident', 'relief']);
    assert.equal(world.phone.cards.get('qbittorrent')?.kind, 'relief');
  });

  test('and refuses the password is said at once, once', async () => {
    const world = startWorld();
    const { login } = world.script;
    world.script.login = () => failure('unauthorized');
    await world.pass(29 * MINUTE);
    assert.deepEqual(kinds(world), ['incident']);
    assert.equal(world.count('login'), 3);
    world.script.login = login;
    await world.pass(10 * MINUTE);
    assert.deepEqual(kinds(world), ['incident', 'relief']);
  });

  test('while ntfy is away too is one message when both are back', async () => {
    const world = startWorld();
    const { login } = world.script;
    world.script.login = () => failure('unreachable');
    world.script.publish = () => failure('unreachable');
    await world.pass(5 * MINUTE);
    assert.ok(world.count('publish') > 0);
    world.script.login = login;
    await world.pass(3 * MINUTE);
    world.script.publish = () => ok({ live: true });
    await world.pass(10 * MINUTE);
    // The incident may have arrived although its answer did not: the all-clear takes its place.
    assert.deepEqual(kinds(world), ['relief']);
  });
});

describe('a torrent that does not get on', () => {
  test('is said aloud once, and its card goes when it gets on', async () => {
    const world = startWorld();
    world.set(torrent, { phase: 'stalled', progress: 0.4 });
    await world.pass(3 * 60 * MINUTE);
    assert.equal(kinds(world).filter((kind) => kind === 'alert').length, 1);
    world.set(torrent, { phase: 'downloading', progress: 0.5 });
    await world.pass(5 * MINUTE);
    assert.equal(kinds(world).filter((kind) => kind === 'clearance').length, 1);
  });

  test('and is finished after all leaves nothing but its completion', async () => {
    const world = startWorld();
    world.set(torrent, { phase: 'failed', progress: 0.4 });
    await world.pass(MINUTE);
    assert.ok(kinds(world).includes('alert'));
    world.set(torrent, { phase: 'complete', progress: 1 });
    await world.pass(5 * MINUTE);
    assert.deepEqual(
      [...world.phone.cards.values()].map(({ kind }) => kind),
      ['completion'],
    );
  });

  test('and is removed leaves nothing', async () => {
    const world = startWorld();
    world.set(torrent, { phase: 'failed', progress: 0.4 });
    await world.pass(MINUTE);
    world.torrents.delete(torrent);
    await world.pass(5 * MINUTE);
    assert.deepEqual([...world.phone.cards.values()], []);
  });
});
