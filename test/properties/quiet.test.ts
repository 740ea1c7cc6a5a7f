import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Notification } from '../../machines/domain.ts';
import type { StoredQuietDigest } from '../../machines/quiet/types.ts';
import { createQuietHours } from '../../src/config/rules/quiet-hours.ts';
import { renderCard } from '../../src/ntfy/card.ts';
import { holds } from './property.ts';
import type { Model } from './model.ts';
import { RULE_SETS } from './rule-sets.ts';

/** The model begins at midnight. */
const quietHours = createQuietHours({ from: '00:03', to: '00:20', through: [] }, 'UTC');
const address = { topic: 'topic', instance: 'phone', timeZone: 'UTC' };

function priorityOf(notification: Notification): number {
  const { kind } = notification;
  if (kind === 'card-delete' || kind === 'alert-clear' || kind === 'summary-delete') return 0;
  return renderCard(notification, address).priority;
}

/** The names whose end a notification announces. */
function labelsOf(notification: Notification): Array<string | null> {
  if (notification.kind === 'completion') return [notification.torrent.name];
  if (notification.kind !== 'digest') return [];
  return notification.lines.flatMap(({ kind, name }) => (kind === 'completion' ? [name] : []));
}

const published = ({ calls }: Model) =>
  calls.flatMap(({ notification, now }) => (notification === undefined ? [] : [{ notification, now }]));

test('in any timeline, nothing that is sent in quiet hours makes a sound', async () => {
  let silent = 0;
  await holds({
    runs: 80,
    options: { quietHours },
    check: (model) => {
      for (const { notification, now } of published(model)) {
        if (!quietHours.periodAt(now).isQuiet) continue;
        silent += Number(notification.kind === 'completion');
        assert.ok(priorityOf(notification) <= 2, notification.kind);
      }
    },
  });
  assert.ok(silent > 0, 'no timeline had a completion in quiet hours');
});

test('however rules and topics change, nothing that is sent in quiet hours makes a sound', async () => {
  await holds({
    runs: 80,
    options: { quietHours, rules: RULE_SETS.topics },
    check: (model) => {
      for (const { notification, now } of published(model))
        if (quietHours.periodAt(now).isQuiet) assert.ok(priorityOf(notification) <= 2, notification.kind);
    },
  });
});

test('however rules and topics change, the digests of quiet hours are delivered, and nothing stays pending', async () => {
  let digests = 0;
  await holds({
    runs: 80,
    options: { quietHours, rules: RULE_SETS.topics },
    check: (model) => {
      digests += published(model).filter(({ notification }) => notification.kind === 'digest').length;
      const stored = JSON.parse(model.store.quietDigest) as StoredQuietDigest | null;
      assert.deepEqual(stored?.members ?? [], []);
    },
  });
  assert.ok(digests > 0, 'no timeline had a digest');
});

test('in any timeline, each end of a download is sent with a sound: its own or that of a digest', async () => {
  let digests = 0;
  await holds({
    runs: 80,
    options: { quietHours },
    check: (model) => {
      const audible = published(model).filter(({ notification }) => priorityOf(notification) > 2);
      const announced = new Set(audible.flatMap(({ notification }) => labelsOf(notification)));
      digests += audible.filter(({ notification }) => notification.kind === 'digest').length;
      assert.deepEqual(
        [...model.phone.completed.keys()].filter((label) => !announced.has(label)),
        [],
      );
      const stored = JSON.parse(model.store.quietDigest) as StoredQuietDigest | null;
      assert.deepEqual(stored?.members ?? [], [], 'nothing is pending');
    },
  });
  assert.ok(digests > 0, 'no timeline had a digest');
});
