import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ButtonStatus } from '../../src/app/button-status.ts';
import { statusOf, torrentOf } from '../../src/app/status.ts';
import { failure, HOUR, MINUTE, SECOND } from '../machines/fixtures.ts';
import { download, press, restart, startButtons } from '../machines/remote/scene.ts';
import { COMMAND_TOPIC, pressButton, startButtonScene } from '../support/button-scene.ts';
import { startWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const buttonsOf = ({ supervisor }: World): ButtonStatus =>
  statusOf(supervisor).buttons ?? assert.fail('there are no buttons');

/** What the status says about the mute of a torrent. */
function muteOf({ supervisor }: World, key: string): object {
  const torrent = torrentOf(supervisor, key) ?? assert.fail('it is not tracked');
  return Object.fromEntries(Object.entries(torrent).filter(([name]) => name.startsWith('muted')));
}

test('without a command topic the status says nothing about buttons', async () => {
  const world = startWorld();
  const hash = await download(world);
  assert.ok(!('buttons' in statusOf(world.supervisor)));
  assert.deepEqual(muteOf(world, hash), {});
});

describe('the status of the buttons', () => {
  test('is asleep without a card, and listening while torrents have cards with buttons', async () => {
    const world = await startButtons();
    const none = { state: 'asleep', failure: null, supported: null, torrents: 0, last: null };
    assert.deepEqual(buttonsOf(world), none);
    const hash = await download(world, 1);
    await download(world, 2);
    assert.deepEqual(buttonsOf(world), { ...none, state: 'listening', supported: true, torrents: 2 });
    for (const each of world.torrents.keys())
      world.set(each, { progress: 1, phase: 'complete', finishedAt: 100 });
    await world.pass(MINUTE);
    assert.deepEqual(buttonsOf(world), { ...none, supported: true });
    assert.equal(torrentOf(world.supervisor, hash), null);
  });

  test('says why the command topic cannot be read, until it is read again or no card needs it', async () => {
    const world = await startButtons();
    world.script.stream.isReadable = false;
    const hash = await download(world);
    assert.partialDeepStrictEqual(buttonsOf(world), {
      state: 'backingOff',
      failure: { kind: 'unauthorized' },
    });
    world.script.stream.isReadable = true;
    await world.pass(10 * MINUTE);
    assert.partialDeepStrictEqual(buttonsOf(world), { state: 'listening', failure: null });
    world.script.stream.isReadable = false;
    const closed = { kind: 'unreachable', message: 'closed' } as const;
    world.script.stream.reader?.report({ type: 'stream.failed', failure: closed });
    assert.partialDeepStrictEqual(buttonsOf(world), { state: 'backingOff', failure: closed });
    world.set(hash, { progress: 1, phase: 'complete', finishedAt: 100 });
    await world.pass(MINUTE);
    assert.partialDeepStrictEqual(buttonsOf(world), { state: 'asleep', failure: null });
  });

  test('says that ntfy is too old', async () => {
    const world = await startButtons();
    world.script.support = () => false;
    await download(world);
    assert.partialDeepStrictEqual(buttonsOf(world), { state: 'asleep', supported: false, torrents: 0 });
  });

  test('has the last press with its result, and the name of its torrent as long as that is tracked', async () => {
    const world = await startButtons();
    const key = await download(world);
    await press(world, key, 'pause');
    const { at, ...done } = buttonsOf(world).last ?? assert.fail('there is none');
    assert.deepEqual(done, { action: 'pause', key, name: '1.iso', failure: null });
    assert.ok(Math.abs(Date.parse(at) - world.clock.now()) <= 2 * SECOND);
    world.script.execute = () => failure('unreachable');
    await press(world, key, 'delete');
    assert.partialDeepStrictEqual(buttonsOf(world).last, {
      action: 'delete',
      failure: { kind: 'unreachable' },
    });
    world.set(key, { progress: 1, phase: 'complete', finishedAt: 100 });
    await world.pass(MINUTE);
    assert.partialDeepStrictEqual(buttonsOf(world).last, { action: 'delete', key, name: null });
  });
});

describe('a muted torrent', () => {
  test('is marked with the percent at which it was muted, from the press to Unmute', async () => {
    const world = await startButtons();
    const [hash, other] = [await download(world, 1), await download(world, 2)];
    assert.deepEqual(muteOf(world, hash), {});
    await press(world, hash, 'mute');
    world.set(hash, { progress: 0.5 });
    await world.pass(10 * SECOND);
    assert.deepEqual(muteOf(world, hash), { muted: true, mutedPercent: 43 });
    assert.deepEqual(muteOf(world, other), {});
    await press(world, hash, 'unmute');
    assert.deepEqual(muteOf(world, hash), {});
  });

  test('is still marked after its card is gone and after a restart, and no longer once it is complete', async () => {
    const world = await startButtons();
    const hash = await download(world);
    await press(world, hash, 'mute');
    await world.pass(HOUR);
    const next = await restart(world);
    assert.deepEqual(muteOf(next, hash), { muted: true, mutedPercent: 43 });
    next.script.publish = () => failure('unreachable');
    next.set(hash, { progress: 1, phase: 'complete', finishedAt: 200 });
    await next.pass(MINUTE);
    assert.equal(torrentOf(next.supervisor, hash)?.phase, 'complete');
    assert.deepEqual(muteOf(next, hash), {});
  });
});

describe('a sidecar with buttons', () => {
  const secret = new RegExp(`${COMMAND_TOPIC}|\\bv1\\.\\w`);

  test('shows a press in /status and on the page, which contain neither the command topic nor a command', async () => {
    await using scene = await startButtonScene();
    await scene.untilIn('/status', '"state":"listening"');
    await pressButton(scene.ntfy, /film\.mkv/, 'Mute');
    const status = await scene.untilIn('/status', '"muted":true');
    assert.partialDeepStrictEqual(JSON.parse(status), {
      buttons: {
        supported: true,
        last: { action: 'mute', key: scene.hash, name: 'film.mkv', failure: null },
      },
      torrents: [{ muted: true }],
    });
    const page = await scene.read('/');
    assert.match(page, /Muted at \d+%/);
    assert.match(page, /last press: Muted \(<bdi>film\.mkv<\/bdi>/);
    for (const text of [status, page]) assert.doesNotMatch(text, secret);
  });

  test('names the command topic nowhere if ntfy refuses it, either', async () => {
    await using scene = await startButtonScene((ntfy) => {
      ntfy.fail(new RegExp(COMMAND_TOPIC), { kind: 'status', status: 403, body: '{"code":40301}' });
    });
    const status = await scene.untilIn('/status', '"state":"backingOff"');
    assert.partialDeepStrictEqual(JSON.parse(status), { buttons: { failure: { kind: 'unauthorized' } } });
    const page = await scene.untilIn('/', 'Command topic refused');
    for (const text of [status, page]) assert.doesNotMatch(text, secret);
  });
});
