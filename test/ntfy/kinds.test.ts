/** Every kind of notification: its card and its sequence ID. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Notification } from '../../machines/domain.ts';
import { renderCard } from '../../src/ntfy/card.ts';
import type { Published } from '../../src/ntfy/card.ts';
import { completionOf, key, progressOf, torrentOf } from './cards.ts';

const options = { topic: 'downloads', instance: 'qbit', timeZone: 'UTC' };
const added = {
  kind: 'added',
  key,
  torrent: torrentOf({ size: 4_200_000_000 }),
  at: 0,
} satisfies Notification;
const removed = { kind: 'removed', key, name: 'debian.iso', percent: 43, at: 0 } satisfies Notification;

/** One of each kind: the compiler reports a kind that is missing here. */
const kinds: { [Kind in Published['kind']]: Extract<Published, { kind: Kind }> } = {
  added,
  progress: progressOf(),
  completion: completionOf(),
  alert: { kind: 'alert', key, name: 'debian.iso', percent: 42, alert: 'crashing' },
  removed,
  incident: { kind: 'incident', key: 'qbittorrent', failure: { kind: 'broken', message: 'it is so' } },
  'incident-resolved': { kind: 'incident-resolved', key: 'qbittorrent', shown: true },
  summary: {
    kind: 'summary',
    key: 'summary',
    at: 0,
    downloads: 12,
    percent: 43,
    speed: 13_000_000,
    eta: 4320,
    lines: [{ key, name: 'debian.iso', percent: 62 }],
  },
  digest: {
    kind: 'digest',
    about: 'quiet',
    key: 'quiet',
    memberRoute: 'default',
    sequence: 'qabcdefgh',
    priority: 4,
    counts: { completion: 1, alert: 1, incident: 0 },
    lines: [],
    upTo: 2,
  },
};

describe('an added torrent', () => {
  test('has a card of its own with its name and size, without a sound', () => {
    assert.deepEqual(renderCard(added, options), {
      topic: 'downloads',
      sequence_id: `qbit-${key}-new`,
      title: 'debian.iso',
      message: 'Added: 4.2 GB',
      priority: 2,
      tags: ['inbox_tray'],
    });
  });

  test('without metadata has no size', () => {
    const card = renderCard({ ...added, torrent: torrentOf({ size: 0, name: null }) }, options);
    assert.deepEqual([card.title, card.message], ['Torrent 01234567', 'Added.']);
  });
});

test('a removed torrent has a card of its own with its name and percent, without a sound', () => {
  assert.deepEqual(renderCard(removed, options), {
    topic: 'downloads',
    sequence_id: `qbit-${key}-gone`,
    title: 'debian.iso',
    message: 'Removed at 43%.',
    priority: 2,
    tags: ['wastebasket'],
  });
});

const sequences = (instance: string) =>
  Object.values(kinds).map((one) => renderCard(one, { ...options, instance }).sequence_id);

describe('the sequence ID of each kind', () => {
  const instances = ['a', 'qbit', 'a-very_long-name18'];

  test('has at most 64 characters with the longest instance name, in every form', () => {
    for (const instance of instances) {
      for (const notification of Object.values(kinds)) {
        for (const form of ['full', 'plain', 'fixed'] as const) {
          const { sequence_id } = renderCard(notification, { ...options, instance }, form);
          assert.match(sequence_id, /^[-_A-Za-z0-9]{1,64}$/, `${notification.kind}, ${form}`);
        }
      }
    }
    assert.equal(Math.max(...sequences('a-very_long-name18').map(({ length }) => length)), 64);
  });

  test('is its own, but that of an incident and its all-clear', () => {
    const all = instances.flatMap(sequences);
    assert.equal(all.length, 27);
    assert.equal(new Set(all).size, 24);
  });
});

test('each kind follows the units, the locale and the time zone', () => {
  const german = { ...options, locale: 'de', units: 'binary', timeZone: 'Europe/Berlin' } as const;
  const messages = Object.values(kinds).map((one) =>
    renderCard(one, german).message.replaceAll('\u00a0', ' '),
  );
  assert.deepEqual(messages.slice(0, 5), [
    'Added: 3,9 GiB',
    '42 % [████░░░░░░]\nSpeed: 1,2 MiB/s\nETA: 12m 30s (01:12)',
    'debian.iso has finished downloading.\n671 MiB in 9m 2s, 1,2 MiB/s on average',
    'Tracking this download keeps failing: retrying less often. See the log of the sidecar.',
    'Removed at 43 %.',
  ]);
});
