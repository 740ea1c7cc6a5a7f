import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addressSettlement, addressObservations } from '../../../machines/supervisor/addressing.ts';
import { createRecord, createRegistry } from '../../../machines/supervisor/registry.ts';
import { DEFAULT_COMPLETION } from '../../../machines/domain.ts';
import type { TorrentRecord } from '../../../machines/domain.ts';
import { hashOf, progressOf, seen } from '../fixtures.ts';

const [a, b, c, stranger] = [hashOf(1), hashOf(2), hashOf(3), hashOf(4)];
const told = { percent: 42, phase: 'downloading' } as const;

const record = (key: string, hash = key): TorrentRecord => ({ ...createRecord(key, 0), hash, told });
const look = { at: 5, askedAt: 4, completion: DEFAULT_COMPLETION };

test('one poll becomes a letter for each torrent it saw, and one for each it missed', () => {
  const registry = createRegistry([record(a), record(b)]);
  const observation = seen({ hash: a });
  assert.deepEqual(
    addressObservations(registry, { observations: [observation], renamed: [], missed: [b], ...look }),
    [
      { key: a, event: { type: 'torrent.observed', observation, ...look } },
      { key: b, event: { type: 'torrent.missed' } },
    ],
  );
});

test('a torrent with a new ID gets its letter under its old name', () => {
  const registry = createRegistry([record(a, c)]);
  const observation = seen({ hash: c });
  const letters = addressObservations(registry, {
    observations: [],
    renamed: [{ from: a, observation }],
    missed: [],
    ...look,
  });
  // Nobody knows when the list was made that shows it.
  const event = { type: 'torrent.observed', observation, ...look, askedAt: -Infinity };
  assert.deepEqual(letters, [{ key: a, event }]);
});

test('what is not tracked gets no letter', () => {
  const observations = [seen({ hash: stranger })];
  assert.deepEqual(
    addressObservations(createRegistry(), { observations, renamed: [], missed: [b], ...look }),
    [],
  );
});

describe('the answer to a notification', () => {
  test('says what the phone shows now', () => {
    const notification = progressOf(a, 50);
    assert.deepEqual(addressSettlement(createRegistry([record(a)]), notification), [
      { key: a, event: { type: 'notification.settled', notification, shown: told } },
    ]);
  });

  test('says that the phone shows nothing of a torrent without a record', () => {
    const [letter] = addressSettlement(createRegistry(), progressOf(a, 50));
    assert.equal(letter?.event.type === 'notification.settled' && letter.event.shown, null);
  });
});
