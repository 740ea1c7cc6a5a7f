import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Failure } from '../../../machines/domain.ts';
import { failure, hashOf, HOUR, MINUTE, ok } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';

const torrent = hashOf(1);

describe('the requests to qBittorrent are limited', () => {
  test('when it ends each session before the first scan: ten logins a minute', async () => {
    const world = startWorld();
    world.script.scan = () => failure('unauthorized');
    await world.pass(MINUTE);
    assert.ok(world.count('login') <= 10, `${world.count('login')} logins in a minute`);
  });

  test('when it ends each session before the first poll: ten logins a minute', async () => {
    const world = startWorld();
    world.script.observe = () => failure('unauthorized');
    world.track(torrent);
    await world.pass(MINUTE);
    assert.ok(world.count('login') <= 10, `${world.count('login')} logins in a minute`);
  });

  test('when it refuses each session because of the Host header: ten logins a minute, and one incident with the reason', async () => {
    const world = startWorld();
    const refused: Failure = { kind: 'unauthorized', message: 'the port', reason: 'host-header-refused' };
    world.script.scan = () => ({ ok: false, failure: refused });
    await world.pass(MINUTE);
    assert.ok(world.count('login') <= 10, `${world.count('login')} logins in a minute`);
    const published = world.calls.flatMap((call) => (call.to === 'publish' ? [call.notification] : []));
    assert.deepEqual(
      published.map((notification) => notification.kind === 'incident' && notification.failure),
      [{ ...refused, kind: 'misdirected' }],
    );
  });

  test('when it refuses the password: six logins an hour, however many torrents are added', async () => {
    const world = startWorld();
    world.script.login = () => failure('unauthorized');
    for (let n = 0; n < 60; n += 1) {
      world.track(hashOf(n));
      await world.pass(MINUTE - 1);
    }
    assert.equal(world.count('login'), 6);
    assert.equal(world.count('publish'), 1, 'one incident');
    assert.equal(world.calls.length, 7, 'no other request');
  });

  test('when it is unavailable: one or two polls a minute after exponential backoff', async () => {
    const world = startWorld();
    world.set(torrent, { progress: 0.1 });
    await world.pass(10_000);
    world.script.observe = () => failure('unreachable');
    await world.pass(10 * MINUTE);
    const since = world.clock.now();
    await world.pass(10 * MINUTE);
    assert.ok(world.count('observe', since) <= 20, `${world.count('observe', since)} polls in ten minutes`);
  });

  test('when it answers polls but not the list of all torrents: two lists a minute', async () => {
    const world = startWorld();
    world.script.list = () => failure('unreachable');
    world.track(torrent);
    await world.pass(10 * MINUTE);
    const since = world.clock.now();
    await world.pass(10 * MINUTE);
    assert.ok(world.count('list', since) <= 20, `${world.count('list', since)} lists in ten minutes`);
  });

  test('when a complete torrent waits for ntfy: two polls a minute', async () => {
    const world = startWorld();
    world.set(torrent, { progress: 0.1 });
    await world.pass(10_000);
    world.script.publish = () => failure('unreachable');
    world.set(torrent, { progress: 1, phase: 'complete' });
    await world.pass(MINUTE);
    const since = world.clock.now();
    await world.pass(HOUR);
    assert.ok(world.count('observe', since) <= 120, `${world.count('observe', since)} polls in an hour`);
  });
});

test('a login that must not be repeated is sent once in 24 hours, with one incident', async () => {
  const world = startWorld();
  world.script.login = () => ({ ...failure('unauthorized'), isFinal: true });
  world.track(torrent);
  await world.pass(24 * HOUR);
  assert.equal(world.count('login'), 1);
  assert.equal(world.count('publish'), 1);
});

test('a session that is refused once with 401 costs one login and no incident, and the completion is sent', async () => {
  const world = startWorld();
  world.set(torrent, { progress: 0.1 });
  await world.pass(10 * MINUTE);
  const { observe } = world.script;
  world.script.observe = () => {
    world.script.observe = observe;
    const reason = 'host-header-refused';
    return { ok: false, failure: { kind: 'unauthorized', message: 'the port', reason } };
  };
  await world.pass(MINUTE);
  world.set(torrent, { progress: 1, phase: 'complete' });
  await world.pass(MINUTE);
  assert.equal(world.count('login'), 2);
  assert.deepEqual([...world.phone.cards.keys()], [`${torrent}-done`]);
  assert.ok(!world.calls.some((call) => call.to === 'publish' && call.notification.kind === 'incident'));
});

test('an unavailable ntfy receives requests with exponential backoff, and the completion when it is back', async () => {
  const world = startWorld();
  world.set(torrent, { progress: 0.1 });
  await world.pass(10_000);
  world.script.publish = () => failure('unreachable');
  world.set(torrent, { progress: 1, phase: 'complete' });
  await world.pass(HOUR);
  const tries = world.count('publish', 10_000);
  assert.ok(tries >= 10 && tries <= 40, `${tries} tries in an hour`);
  world.script.publish = () => ok({ live: true });
  await world.pass(5 * MINUTE);
  assert.deepEqual([...world.phone.cards.keys()], [`${torrent}-done`]);
});
