import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Phase } from '../../machines/domain.ts';
import { completionSequence, progressSequence, renderCard } from '../../src/ntfy/card.ts';
import { completionOf, hostileNames, key, progressOf } from './cards.ts';

const address = { topic: 'downloads', instance: 'qbit', timeZone: 'UTC' };
const longest = { topic: 'd'.repeat(64), instance: 'a-very_long-name18', timeZone: 'UTC' };

const bytes = (text: string) => Buffer.byteLength(text);

test('a progress card has the name as its title, and three lines', () => {
  assert.deepEqual(renderCard(progressOf(), address), {
    topic: 'downloads',
    sequence_id: `qbit-${key}`,
    title: 'debian.iso',
    message: '42% [████░░░░░░]\nSpeed: 1.3 MB/s\nETA: 12m 30s (00:12)',
    priority: 2,
    tags: ['arrow_down'],
  });
});

test('a completion is audible, has its own card and names the time it took', () => {
  assert.deepEqual(renderCard(completionOf(), address), {
    topic: 'downloads',
    sequence_id: `qbit-${key}-done`,
    title: 'Download Complete',
    message: 'debian.iso has finished downloading.\n704 MB in 9m 2s, 1.3 MB/s on average',
    priority: 4,
    tags: ['white_check_mark'],
  });
});

describe('the first line of a progress card', () => {
  const label: [phase: Phase, word: RegExp][] = [
    ['metadata', /metadata/],
    ['queued', /Queued/],
    ['stalled', /Stalled/],
    ['stopped', /Stopped/],
    ['checking', /Checking/],
    ['moving', /Moving/],
    ['failed', /Error/],
  ];
  for (const [phase, word] of label) {
    test(`names the phase ${phase}; the second line is the percent, and there is no speed`, () => {
      const [first, second, ...rest] = renderCard(progressOf({}, { phase }), address).message.split('\n');
      assert.match(first ?? '', word);
      assert.equal(second, '42% [████░░░░░░]');
      assert.deepEqual(rest, []);
    });
  }
});

test('an unknown ETA is ∞', () => {
  assert.match(renderCard(progressOf({ eta: null }), address).message, /\nETA: ∞$/);
});

test('the percent on the card is that of the notification, not computed again', () => {
  const { message } = renderCard(progressOf({ progress: 0.1 }, { percent: 99 }), address);
  assert.match(message, /^99% \[█████████░\]\n/);
});

/** The message of a completion. */
const lines = (over: Parameters<typeof completionOf>[0]) =>
  renderCard(completionOf(over), address).message.split('\n');

describe('a completion', () => {
  test('of no files (none was selected) has no size', () => {
    assert.deepEqual(lines({ size: 0 }), ['debian.iso has finished downloading.']);
  });

  test('of data that already existed has no speed', () => {
    assert.equal(lines({ downloaded: 0 })[1], '704 MB');
  });

  test('with an unknown duration has no speed', () => {
    assert.equal(lines({ duration: null })[1], '704 MB');
  });

  test('counts neither existing data nor data fetched twice in its speed', () => {
    assert.equal(lines({ downloaded: 5420 })[1], '704 MB in 9m 2s, 10 B/s on average');
    assert.equal(lines({ downloaded: 9e9 })[1], '704 MB in 9m 2s, 1.3 MB/s on average');
  });
});

describe('a torrent without a name', () => {
  for (const name of [null, '', ' ', '\0', '\u202e']) {
    test(`(${JSON.stringify(name)}) is named by the start of its hash`, () => {
      assert.equal(renderCard(progressOf({ name }), address).title, 'Torrent 01234567');
      assert.match(renderCard(completionOf({ name }), address).message, /^Torrent 01234567 has finished/);
    });
  }
});

describe('the sequence of a card', () => {
  for (const { instance } of [address, longest, { instance: 'a' }]) {
    test(`is a valid sequence ID with an instance name of ${instance.length} characters`, () => {
      for (const sequence of [progressSequence(instance, key), completionSequence(instance, key)]) {
        assert.match(sequence, /^[-_A-Za-z0-9]{1,64}$/);
      }
    });
  }

  test('differs between instances, torrents and the two cards of a torrent', () => {
    const other = key.replace('0', '1');
    const sequences = [address, longest].flatMap(({ instance }) =>
      [key, other].flatMap((hash) => [progressSequence(instance, hash), completionSequence(instance, hash)]),
    );
    assert.equal(new Set(sequences).size, 8);
  });
});

test('with 2,000 hostile names, ntfy rejects no card and turns none into an attachment', () => {
  for (const [index, name] of hostileNames(2000, 2).entries()) {
    for (const notification of [progressOf({ name }), completionOf({ name })]) {
      const card = renderCard(notification, longest);
      const where = `name ${index} of a ${notification.kind}`;
      assert.ok(bytes(JSON.stringify(card)) < 8192, where);
      assert.ok(bytes(card.message) < 4096, where);
      assert.ok(bytes(card.title) <= 200, where);
      assert.ok(card.title !== '' && !card.title.includes('\n'), where);
      assert.match(
        card.message,
        notification.kind === 'progress' ? /^42% .*\n.*\n.*$/ : /^.+\n704 MB in [^\n]+$/,
        where,
      );
    }
  }
});
