import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, hashOf, MINUTE, ok, SECOND } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';

const torrent = hashOf(1);
const storeCard = (world: ReturnType<typeof startWorld>) => world.phone.cards.get('store')?.kind;
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
    assert.deepEqual(kinds(world), ['incident', 'incident-resolved']);
    assert.equal(world.phone.cards.get('qbittorrent')?.kind, 'incident-resolved');
  });

  test('and for which something else answers once is nothing to speak of, and is said when that answers again', async () => {
    const world = startWorld();
    world.set(torrent, { progress: 0.4 });
    await world.pass(10 * SECOND);
    const { observe } = world.script;
    const answerOnce = () => {
      world.script.observe = () => {
        world.script.observe = observe;
        return failure('misdirected');
      };
    };
    for (let n = 0; n < 3; n += 1) {
      answerOnce();
      await world.pass(MINUTE);
    }
    assert.equal(world.script.observe, observe);
    assert.ok(!kinds(world).includes('incident'));
    world.script.observe = () => failure('misdirected');
    await world.pass(45 * SECOND);
    assert.ok(kinds(world).includes('incident'));
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
    assert.deepEqual(kinds(world), ['incident', 'incident-resolved']);
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
    assert.deepEqual(kinds(world), ['incident-resolved']);
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
    assert.equal(kinds(world).filter((kind) => kind === 'alert-clear').length, 1);
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

describe('a store that has lost its disk', () => {
  const problem = 'The state is only in memory.';

  test('is said, and taken back in place when the disk works again', async () => {
    const world = startWorld();
    world.supervisor.send({ type: 'store.degraded', problem });
    await world.pass(MINUTE);
    assert.equal(storeCard(world), 'incident');
    world.supervisor.send({ type: 'store.restored' });
    await world.pass(MINUTE);
    assert.equal(storeCard(world), 'incident-resolved');
    assert.deepEqual(kinds(world), ['incident', 'incident-resolved']);
  });

  test('and found it again before anybody heard of it is nothing to speak of', async () => {
    const world = startWorld();
    world.script.latency.publish = 5 * SECOND;
    world.set(torrent, { progress: 0.5 });
    world.track(torrent);
    await world.pass(2 * SECOND);
    assert.equal(world.count('publish'), 1, 'something else is on its way');
    world.supervisor.send({ type: 'store.degraded', problem });
    world.supervisor.send({ type: 'store.restored' });
    await world.pass(MINUTE);
    assert.equal(storeCard(world), undefined);
  });

  test('and has it again does not take back what was said of qBittorrent', async () => {
    const world = startWorld();
    const incidentShown: boolean[] = [];
    const { login } = world.script;
    world.script.login = () => failure('unauthorized');
    world.supervisor.send({ type: 'store.degraded', problem });
    await world.pass(MINUTE);
    world.script.login = login;
    // qBittorrent's all-clear waits for ntfy while the store's arrives.
    world.script.publish = ({ kind, key }) =>
      kind === 'incident-resolved' && key === 'qbittorrent' ? failure('broken') : ok({ live: true });
    await world.pass(11 * MINUTE);
    world.supervisor.subscribe(({ context }) => incidentShown.push(context.incidentShown));
    world.supervisor.send({ type: 'store.restored' });
    await world.pass(10 * MINUTE);
    assert.equal(storeCard(world), 'incident-resolved');
    assert.equal(world.phone.cards.get('qbittorrent')?.kind, 'incident');
    assert.ok(incidentShown.length > 0 && incidentShown.every(Boolean), 'a restart would know of the card');
  });
});
