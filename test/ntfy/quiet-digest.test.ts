import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DigestMember } from '../../machines/digest/content.ts';
import type { Notification } from '../../machines/domain.ts';
import { silence } from '../../machines/quiet/sound.ts';
import { renderCard } from '../../src/ntfy/card.ts';
import type { Published } from '../../src/ntfy/card.ts';
import { completionOf, hostileNames, key, progressOf } from './cards.ts';

type Digest = Extract<Notification, { kind: 'digest' }>;

const address = { topic: 'downloads', instance: 'qbit', timeZone: 'UTC' };
const longest = { topic: 'd'.repeat(64), instance: 'a-very_long-name18', timeZone: 'UTC' };
const bytes = (text: string) => Buffer.byteLength(text);

const memberOf = (over: Partial<DigestMember> = {}): DigestMember => ({
  kind: 'completion',
  key,
  what: '1',
  name: 'debian.iso',
  size: 704_000_000,
  percent: 100,
  route: 'default',
  priority: 4,
  ...over,
});
const alertOf = (what: string, over: Partial<DigestMember> = {}) =>
  memberOf({ kind: 'alert', what, percent: 43, size: 0, ...over });
const incidentOf = (key: string, what: string, name: string) =>
  memberOf({ kind: 'incident', key, what, name, size: 0, percent: 0 });

function digestOf(lines: readonly DigestMember[], counts: Partial<Digest['counts']> = {}): Digest {
  const count = (kind: DigestMember['kind']) => lines.filter((line) => line.kind === kind).length;
  return {
    kind: 'digest',
    about: 'quiet',
    key: 'quiet',
    sequence: 'qt1abcd',
    memberRoute: 'default',
    priority: 4,
    counts: {
      completion: count('completion'),
      alert: count('alert'),
      incident: count('incident'),
      ...counts,
    },
    lines,
    upTo: lines.length,
  };
}

test('a digest has the counts as its title and one line for each name', () => {
  const lines = [
    incidentOf('qbittorrent', 'unreachable', 'it does not answer'),
    alertOf('stalled'),
    memberOf({ name: 'a.iso' }),
    memberOf({ name: null, size: 0 }),
  ];
  assert.deepEqual(renderCard(digestOf(lines), address), {
    topic: 'downloads',
    sequence_id: 'qbit-qt1abcd',
    title: 'While quiet: 2 downloads complete, 1 alert, 1 incident',
    message: 'qBittorrent: it does not answer\ndebian.iso: stalled at 43%\na.iso (704 MB)\nTorrent 01234567',
    priority: 4,
    tags: ['warning'],
  });
});

describe('the title', () => {
  const titles: [lines: DigestMember[], title: string][] = [
    [[memberOf()], 'While quiet: 1 download complete'],
    [[memberOf(), memberOf()], 'While quiet: 2 downloads complete'],
    [[alertOf('failed'), alertOf('metadata')], 'While quiet: 2 alerts'],
    [[incidentOf('store', 'protocol', 'full')], 'While quiet: 1 incident'],
  ];
  for (const [lines, title] of titles)
    test(title, () => {
      assert.equal(renderCard(digestOf(lines), address).title, title);
      assert.equal(
        renderCard(digestOf(lines), address).tags[0],
        lines.every(({ kind }) => kind === 'completion') ? 'white_check_mark' : 'warning',
      );
    });
});

test('each problem says what it is', () => {
  const lines = [
    alertOf('metadata'),
    alertOf('failed'),
    alertOf('crashing'),
    alertOf('of a newer version'),
    incidentOf('store', 'protocol', 'read-only'),
    incidentOf('store', 'state-repaired', 'damaged'),
    incidentOf('of a newer version', 'protocol', 'why'),
  ];
  assert.deepEqual(renderCard(digestOf(lines), address).message.split('\n'), [
    'debian.iso: no metadata',
    'debian.iso: error at 43%',
    'debian.iso: tracking keeps failing',
    'debian.iso: has a problem',
    'State is not saved: read-only',
    'State was repaired: damaged',
    'Incident: why',
  ]);
});

test('what has no line is counted', () => {
  const lines = Array.from({ length: 30 }, (_, n) => memberOf({ name: `${n}.iso` }));
  const text = renderCard(digestOf(lines, { completion: 2345 }), address).message.split('\n');
  assert.equal(text.length, 31);
  assert.deepEqual([text[0], text[29], text[30]], ['0.iso (704 MB)', '29.iso (704 MB)', 'and 2315 more']);
  assert.doesNotMatch(renderCard(digestOf(lines), address).message, /more/);
});

test('with 2,000 hostile names, ntfy accepts each digest, and no line is lost or broken', () => {
  const names = hostileNames(2000, 5);
  const worst = ['"'.repeat(300), '\\'.repeat(300), '😀'.repeat(150), 'ü'.repeat(300)];
  for (let from = 0; from < names.length; from += 30) {
    for (const list of [
      names.slice(from, from + 30),
      Array.from({ length: 30 }, () => worst[from % worst.length] ?? ''),
    ]) {
      const lines = list.flatMap((name) => [
        memberOf({ name: name.slice(0, 300) }),
        alertOf('stalled', { name: name.slice(0, 300) }),
        incidentOf('qbittorrent', 'unreachable', name.slice(0, 300)),
      ]);
      const card = renderCard(
        digestOf(lines.slice(from % 3, (from % 3) + 30), { completion: 100_000 }),
        longest,
      );
      assert.ok(bytes(card.message) <= 3900, `${from}: ${bytes(card.message)}`);
      assert.ok(bytes(JSON.stringify(card)) <= 8000, `${from}: ${bytes(JSON.stringify(card))}`);
      const shown = card.message.split('\n');
      assert.ok(shown.length > 8 && shown.length <= 31);
      assert.match(shown.at(-1) ?? '', /^and \d+ more$/);
    }
  }
});

test('the last form has the counts and no name; the plain one is short', () => {
  const digest = digestOf([
    memberOf({ name: 'secret name' }),
    incidentOf('qbittorrent', 'broken', 'secret text'),
  ]);
  const fixed = renderCard(digest, address, 'fixed');
  assert.equal(fixed.title, 'While quiet: 1 download complete, 1 incident');
  assert.doesNotMatch(JSON.stringify(fixed), /secret/);
  assert.equal(fixed.sequence_id, 'qbit-qt1abcd');
  assert.equal(fixed.priority, 4);
  assert.match(renderCard(digest, address, 'plain').message, /^[\x20-\x7E\n]{1,200}$/);
});

test('the sequence is a valid sequence ID with the longest instance name, until the year 2100', () => {
  const sequence = `q${Math.floor(Date.UTC(2100, 0, 1) / 1000).toString(36)}`;
  assert.match(
    renderCard({ ...digestOf([memberOf()]), sequence }, longest).sequence_id,
    /^[-_A-Za-z0-9]{1,64}$/,
  );
});

describe('what quiet hours silence makes no sound in any form, and is otherwise unchanged:', () => {
  const notifications: Published[] = [
    progressOf(),
    completionOf(),
    { kind: 'alert', key, name: 'debian.iso', percent: 42, alert: 'stalled' },
    { kind: 'incident', key: 'qbittorrent', failure: { kind: 'broken', message: '500' } },
    { kind: 'incident-resolved', key: 'qbittorrent', shown: true },
    digestOf([memberOf()]),
  ];
  for (const notification of notifications)
    test(notification.kind, () => {
      for (const form of ['full', 'plain', 'fixed'] as const) {
        const card = renderCard(notification, address, form);
        assert.deepEqual(renderCard(silence(notification), address, form), { ...card, priority: 2 }, form);
      }
    });
});
