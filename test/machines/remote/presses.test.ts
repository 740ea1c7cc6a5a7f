/** Which presses are accepted, and for how long they are remembered. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  acceptPress,
  createRemote,
  MAX_PRESSES,
  markDone,
  moveCursor,
  startOf,
  takeUndone,
} from '../../../machines/remote/presses.ts';
import { VALIDITY } from '../../../machines/remote/record.ts';
import type { Command, RemoteChange } from '../../../machines/remote/types.ts';
import { createRecord } from '../../../machines/torrent/record.ts';
import type { TorrentRecord } from '../../../machines/domain.ts';
import { createButtonStore } from '../../support/command-topic.ts';
import { hashOf, HOUR, MINUTE } from '../fixtures.ts';

const key = hashOf(1);
const START = 1_000_000_000;

const commandOf = (over: Partial<Command> = {}): Command => ({
  action: 'pause',
  card: 'progress',
  key,
  round: 7,
  serial: 1,
  expiresAt: START + VALIDITY,
  ...over,
});

const pressOf = (command: Command) => ({ command, id: 'x', age: 0 });

const tracked: TorrentRecord = {
  ...createRecord(key, 0),
  remote: { round: 7, addedAt: 1, serial: 5, progress: null, alert: null, muted: null },
};

function createScene(at = START) {
  const store = createButtonStore();
  const changes: RemoteChange[] = [];
  const clock = { at };
  const write = (change: RemoteChange) => {
    changes.push(change);
    store.write(change);
  };
  const open = () => createRemote({ now: () => clock.at, write, stored: store.stored() });
  return { clock, changes, open, store };
}

describe('a press', () => {
  test('is stored when it is accepted, and is not accepted twice, nor by the next process', () => {
    const { changes, open } = createScene();
    const remote = open();
    assert.equal(acceptPress(remote, pressOf(commandOf()), tracked), null);
    assert.equal(changes.length, 1);
    assert.equal(acceptPress(remote, pressOf(commandOf()), tracked), 'repeated');
    assert.equal(acceptPress(open(), pressOf(commandOf()), tracked), 'repeated');
  });

  test('of each button of a card is another one', () => {
    const remote = createScene().open();
    for (const action of ['pause', 'mute', 'delete'] as const)
      assert.equal(acceptPress(remote, pressOf(commandOf({ action })), tracked), null);
    assert.equal(acceptPress(remote, pressOf(commandOf({ serial: 2 })), tracked), null);
    assert.equal(acceptPress(remote, pressOf(commandOf({ card: 'alert' })), tracked), null);
  });

  test('is outdated for another round, for buttons that were never made, and without a tracked torrent', () => {
    const remote = createScene().open();
    for (const [command, record] of [
      [commandOf({ round: 6 }), tracked],
      [commandOf({ serial: 6 }), tracked],
      [commandOf(), undefined],
      [commandOf(), { ...tracked, stage: 'completing' }],
      [commandOf(), { ...tracked, remote: null }],
    ] as const)
      assert.equal(acceptPress(remote, pressOf(command), record), 'outdated');
    assert.equal(remote.presses.size, 0);
  });

  test('is forgotten when its buttons have expired: until then nothing makes room for a repetition', () => {
    const { clock, open, store } = createScene();
    const remote = open();
    for (let serial = 0; serial < MAX_PRESSES; serial += 1)
      acceptPress(remote, pressOf(commandOf({ serial })), {
        ...tracked,
        remote: { ...tracked.remote, serial: MAX_PRESSES } as TorrentRecord['remote'],
      });
    assert.equal(acceptPress(remote, pressOf(commandOf({ action: 'mute' })), tracked), 'full');
    clock.at += VALIDITY - 1;
    assert.equal(acceptPress(remote, pressOf(commandOf({ action: 'mute' })), tracked), 'full');
    assert.equal(acceptPress(remote, pressOf(commandOf()), tracked), 'repeated');
    clock.at += 1;
    const later = commandOf({ action: 'mute', expiresAt: clock.at + VALIDITY });
    assert.equal(acceptPress(remote, pressOf(later), tracked), null);
    assert.equal(remote.presses.size, 1);
    assert.equal(store.stored().presses.length, 1);
  });

  test('is not accepted again after a start with a clock that is years behind, and right later', () => {
    const { clock, open } = createScene();
    acceptPress(open(), pressOf(commandOf()), tracked);
    clock.at = 0;
    open();
    assert.equal(
      acceptPress(open(), pressOf(commandOf({ action: 'mute', expiresAt: VALIDITY })), tracked),
      null,
    );
    clock.at = START;
    assert.equal(acceptPress(open(), pressOf(commandOf()), tracked), 'repeated');
  });

  test('does not fill the store for years after the clock was set back', () => {
    const { clock, open, store } = createScene(10 * START);
    const remote = open();
    const serials = {
      ...tracked,
      remote: { ...tracked.remote, serial: MAX_PRESSES } as TorrentRecord['remote'],
    };
    for (let serial = 0; serial < MAX_PRESSES; serial += 1)
      acceptPress(remote, pressOf(commandOf({ serial, expiresAt: 10 * START + VALIDITY })), serials);
    assert.equal(remote.presses.size, MAX_PRESSES);
    clock.at = START;
    assert.equal(acceptPress(remote, pressOf(commandOf({ action: 'mute' })), tracked), null);
    assert.equal(store.stored().presses.length, 1);
  });

  test('of one answer to a question is the only one, also after a restart', () => {
    for (const first of ['keep', 'deleteTorrent', 'deleteFiles'] as const) {
      const { open } = createScene();
      const remote = open();
      assert.equal(acceptPress(remote, pressOf(commandOf({ action: first })), tracked), null);
      for (const action of ['keep', 'deleteTorrent', 'deleteFiles'] as const)
        for (const now of [remote, open()])
          assert.equal(acceptPress(now, pressOf(commandOf({ action })), tracked), 'repeated');
      const next = commandOf({ action: 'deleteFiles', serial: 2 });
      assert.equal(acceptPress(remote, pressOf(next), tracked), null);
    }
  });

  test('is not accepted again after the clock was set back, when it is forgotten', () => {
    const { clock, open } = createScene();
    assert.equal(acceptPress(open(), pressOf(commandOf()), tracked), null);
    for (const hours of [1, 23, 25, 100]) {
      clock.at = START - hours * HOUR;
      assert.notEqual(acceptPress(open(), pressOf(commandOf()), tracked), null, `${hours} hours`);
    }
  });
});

describe('after a kill', () => {
  test('what was accepted and not done is taken up, unless it is older than ten minutes', () => {
    const { clock, open } = createScene();
    const remote = open();
    acceptPress(remote, pressOf(commandOf({ action: 'mute' })), tracked);
    clock.at += 5 * MINUTE;
    acceptPress(remote, pressOf(commandOf({ action: 'pause' })), tracked);
    acceptPress(remote, pressOf(commandOf({ action: 'delete' })), tracked);
    const done = remote.presses.get(`progress:${key}:7:1:delete`);
    assert.ok(done !== undefined);
    markDone(remote, done);
    clock.at += 6 * MINUTE;
    assert.deepEqual(
      takeUndone(open()).map(({ command }) => command.action),
      ['pause'],
    );
    // That of too long ago was not done, and is not accepted again.
    assert.equal(acceptPress(open(), pressOf(commandOf({ action: 'mute' })), tracked), 'repeated');
  });

  test('the topic is read from the last message on, for ten minutes', () => {
    const { clock, open } = createScene();
    assert.equal(startOf(open()), null);
    moveCursor(open(), 'abc');
    assert.equal(startOf(open()), 'abc');
    clock.at += 11 * MINUTE;
    assert.equal(startOf(open()), null);
    clock.at -= HOUR;
    assert.equal(startOf(open()), null);
  });
});
