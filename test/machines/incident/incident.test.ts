import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, hashOf, MINUTE, ok, SECOND } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';

const torrent = hashOf(1);
const storeCard = (world: ReturnType<typeof startWorld>) => world.phone.cards.get('store')?.kind;
const kinds = (world: ReturnType<typeof startWorld>) => world.phone.accepted.map(({ kind }) => kind);

describe('an unavailable qBittorrent', () => {
  test('causes no message when it is back within 45 s', async () => {
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

  test('causes one incident after a minute, whose card is replaced once by the all-clear', async () => {
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

  test('causes an incident when another server answers twice in a row, not when it answers once', async () => {
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

  test('causes one incident at once when it refuses the password', async () => {
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

  test('causes one message when ntfy was unavailable too and both are back', async () => {
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
    // ntfy may have accepted the incident although its answer was lost: the all-clear replaces it.
    assert.deepEqual(kinds(world), ['incident-resolved']);
  });
});

describe('a stalled or failed torrent', () => {
  test('causes one alert, whose card is deleted when it continues', async () => {
    const world = startWorld();
    world.set(torrent, { phase: 'stalled', progress: 0.4 });
    await world.pass(3 * 60 * MINUTE);
    assert.equal(kinds(world).filter((kind) => kind === 'alert').length, 1);
    world.set(torrent, { phase: 'downloading', progress: 0.5 });
    await world.pass(5 * MINUTE);
    assert.equal(kinds(world).filter((kind) => kind === 'alert-clear').length, 1);
  });

  test('leaves only its completion when it finishes', async () => {
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

  test('leaves no card when it is removed', async () => {
    const world = startWorld();
    world.set(torrent, { phase: 'failed', progress: 0.4 });
    await world.pass(MINUTE);
    world.torrents.delete(torrent);
    await world.pass(5 * MINUTE);
    assert.deepEqual([...world.phone.cards.values()], []);
  });
});

describe('a degraded store', () => {
  const problem = 'The state is only in memory.';

  test('causes an incident, whose card is replaced by the all-clear when the disk works again', async () => {
    const world = startWorld();
    world.supervisor.send({ type: 'store.degraded', problem });
    await world.pass(MINUTE);
    assert.equal(storeCard(world), 'incident');
    world.supervisor.send({ type: 'store.restored' });
    await world.pass(MINUTE);
    assert.equal(storeCard(world), 'incident-resolved');
    assert.deepEqual(kinds(world), ['incident', 'incident-resolved']);
  });

  test('causes no message when it is restored before the incident is sent', async () => {
    const world = startWorld();
    world.script.latency.publish = 5 * SECOND;
    world.set(torrent, { progress: 0.5 });
    world.track(torrent);
    await world.pass(2 * SECOND);
    assert.equal(world.count('publish'), 1, 'another message is in flight');
    world.supervisor.send({ type: 'store.degraded', problem });
    world.supervisor.send({ type: 'store.restored' });
    await world.pass(MINUTE);
    assert.equal(storeCard(world), undefined);
  });

  test('does not resolve the incident of qBittorrent when it is restored', async () => {
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
    assert.ok(incidentShown.length > 0 && incidentShown.every(Boolean), 'the card is still recorded');
  });
});
