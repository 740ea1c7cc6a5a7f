import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MAX_LINES } from '../../../machines/digest/compose.ts';
import { composeDigests } from '../../../machines/quiet/compose.ts';
import { memberOf } from '../../../machines/digest/members.ts';
import { collect, createQuietDigest, MAX_MEMBERS, recordDelivery } from '../../../machines/quiet/pending.ts';
import type { QuietDigest } from '../../../machines/quiet/pending.ts';
import type { StoredQuietDigest } from '../../../machines/quiet/types.ts';
import type { DigestMember } from '../../../machines/digest/content.ts';
import type { Notification } from '../../../machines/domain.ts';
import { hashOf, HOUR, seen } from '../fixtures.ts';

function start(over: Partial<Parameters<typeof createQuietDigest>[0]> = {}) {
  const saved: (StoredQuietDigest | null)[] = [];
  const digest = createQuietDigest({
    hours: () => null,
    now: () => 1_000_000,
    isCompleting: () => false,
    takeUnheard: () => [],
    save: (stored) => void saved.push(stored),
    ...over,
  });
  return { digest, saved };
}

const nextId = () => '1';

const member = (notification: Notification): DigestMember => {
  const made = memberOf(notification);
  assert.ok(made !== null);
  return made;
};
const completion = (n: number, over: Parameters<typeof seen>[0] = {}): DigestMember => {
  const torrent = seen({ hash: hashOf(n), phase: 'complete', name: `${n}.iso`, finishedAt: n, ...over });
  return member({ kind: 'completion', key: hashOf(n), torrent, at: 0 });
};
const alert = (n: number): DigestMember =>
  member({ kind: 'alert', key: hashOf(n), name: `${n}.iso`, percent: 50, alert: 'stalled' });

const only = (digest: QuietDigest) => {
  const [notification, ...others] = composeDigests(digest, nextId);
  assert.ok(notification !== undefined && others.length === 0);
  return notification;
};

describe('the pending digest', () => {
  test('keeps the newest 2,000 and counts the others; alerts stay', () => {
    const { digest } = start();
    collect(digest, alert(0));
    for (let n = 1; n <= MAX_MEMBERS + 500; n += 1) collect(digest, completion(n));
    assert.equal(digest.members.size, MAX_MEMBERS);
    const { counts, lines } = only(digest);
    assert.deepEqual(counts, { completion: MAX_MEMBERS + 500, alert: 1, incident: 0 });
    assert.equal(lines.length, MAX_LINES);
    assert.deepEqual(
      lines.slice(0, 2).map(({ name }) => name),
      ['0.iso', `${MAX_MEMBERS + 500}.iso`],
    );
  });

  test('with nothing but alerts keeps the newest of them', () => {
    const { digest } = start();
    for (let n = 0; n < MAX_MEMBERS + 5; n += 1) collect(digest, alert(n));
    assert.equal(digest.members.size, MAX_MEMBERS);
    assert.equal([...digest.members.values()][0]?.name, '5.iso');
  });

  test('stores at most 300 characters of a name', () => {
    assert.equal(completion(1, { name: 'x'.repeat(10_240) }).name?.length, 300);
  });

  test('survives a restart as it was', () => {
    const { digest, saved } = start();
    collect(digest, completion(1));
    collect(digest, alert(2));
    const before = only(digest);
    const stored = saved.at(-1);
    assert.ok(stored !== null && stored !== undefined);
    const next = start({ stored: structuredClone(stored), now: () => 9_000_000 });
    assert.deepEqual(only(next.digest), before, 'the same card');
    assert.deepEqual(next.saved, [], 'nothing new to store');
  });

  test('has the highest priority of its members', () => {
    const { digest } = start();
    collect(digest, completion(1));
    collect(digest, { ...completion(2), priority: 5 });
    assert.equal(only(digest).priority, 5);
  });

  test('is another card when something was added after it was sent', () => {
    const { digest } = start();
    collect(digest, completion(1));
    const { sequence } = only(digest);
    assert.equal(only(digest).sequence, sequence);
    collect(digest, completion(2));
    assert.notEqual(only(digest).sequence, sequence);
  });

  test('forgets only what the accepted one contained', () => {
    const { digest, saved } = start();
    collect(digest, completion(1));
    const { memberRoute, upTo } = only(digest);
    collect(digest, completion(2));
    recordDelivery(digest, { memberRoute, upTo });
    assert.deepEqual(
      [...digest.members.values()].map(({ name }) => name),
      ['2.iso'],
    );
    recordDelivery(digest, only(digest));
    assert.equal(saved.at(-1), null);
  });

  test('remembers for an hour which alerts it made a sound for, and completions until ntfy has them', () => {
    const clock = { now: 0 };
    const completing = new Set([hashOf(1)]);
    const { digest } = start({ now: () => clock.now, isCompleting: (key) => completing.has(key) });
    for (const one of [completion(1), completion(2), alert(3)]) collect(digest, one);
    recordDelivery(digest, only(digest));
    assert.deepEqual(
      [...digest.announced.values()].map(({ kind }) => kind),
      ['completion', 'alert'],
    );
    clock.now = 2 * HOUR;
    completing.clear();
    collect(digest, completion(4));
    recordDelivery(digest, only(digest));
    assert.equal(digest.announced.size, 0);
  });
});
