/** The card of a summary. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Notification } from '../../machines/domain.ts';
import { silence } from '../../machines/quiet/sound.ts';
import type { SummaryLine } from '../../machines/summary/types.ts';
import { renderCard } from '../../src/ntfy/card.ts';
import { hostileNames, key } from './cards.ts';

type Summary = Extract<Notification, { kind: 'summary' }>;

const address = { topic: 'downloads', instance: 'qbit', timeZone: 'UTC' };
const longest = { topic: 'd'.repeat(64), instance: 'a-very_long-name18', timeZone: 'UTC' };
const bytes = (text: string) => Buffer.byteLength(text);

const lineOf = (over: Partial<SummaryLine> = {}): SummaryLine => ({
  key,
  name: 'debian.iso',
  percent: 43,
  ...over,
});

function summaryOf(lines: readonly SummaryLine[], over: Partial<Summary> = {}): Summary {
  return {
    kind: 'summary',
    key: 'summary',
    at: 0,
    downloads: lines.length,
    percent: 43,
    speed: 12_000_000,
    eta: 4320,
    lines,
    ...over,
  };
}

const messageOf = (summary: Summary) => renderCard(summary, address).message.split('\n');

test('a summary has its totals as title and first line, then a line for each download, without a sound', () => {
  const lines = [lineOf({ percent: 99 }), lineOf({ name: null, percent: 0 })];
  assert.deepEqual(renderCard(summaryOf(lines), address), {
    topic: 'downloads',
    sequence_id: 'qbit-sum',
    title: '2 downloads: 43%',
    message: [
      '[████░░░░░░] 12.0 MB/s, ETA 1h 12m (01:12)',
      '[████░] 99% debian.iso',
      '[░░░░░] 0% Torrent 01234567',
    ].join('\n'),
    priority: 2,
    tags: ['arrow_down'],
  });
});

describe('the title', () => {
  test('counts one download', () =>
    assert.equal(renderCard(summaryOf([lineOf()]), address).title, '1 download: 43%'));

  test('of none says so, and there is no list', () => {
    const card = renderCard(summaryOf([], { percent: 0, speed: 0, eta: null }), address);
    assert.deepEqual(
      [card.title, card.message, card.tags],
      ['No downloads', 'Nothing is being downloaded.', []],
    );
  });
});

test('an unknown time is shown as on other cards, and numbers follow the locale', () => {
  assert.equal(messageOf(summaryOf([lineOf()], { eta: null }))[0], '[████░░░░░░] 12.0 MB/s, ETA ∞');
  const german = { ...address, locale: 'de', units: 'binary', timeZone: 'Europe/Berlin' } as const;
  const { title, message } = renderCard(summaryOf([lineOf()]), german);
  assert.equal(title.replaceAll('\u00a0', ' '), '1 download: 43 %');
  assert.equal(
    message.replaceAll('\u00a0', ' '),
    '[████░░░░░░] 11,4 MiB/s, ETA 1h 12m (02:12)\n[██░░░] 43 % debian.iso',
  );
});

test('what has no line is counted', () => {
  const text = messageOf(summaryOf([lineOf(), lineOf()], { downloads: 10_000 }));
  assert.deepEqual([text.length, text[3]], [4, 'and 9998 more']);
});

test('170 names of one letter fill the message, and nothing more', () => {
  const text = messageOf(summaryOf(Array.from({ length: 170 }, () => lineOf({ name: 'a', percent: 0 }))));
  assert.ok(text.length > 160, `${text.length} lines`);
  assert.match(text.at(-1) ?? '', /^and \d+ more$/);
});

/** ntfy accepts a summary with these names, and no line is lost. */
function fits(names: readonly string[], least: number): void {
  const lines = names.map((name) => lineOf({ name: name.slice(0, 300), percent: 99 }));
  const card = renderCard(summaryOf(lines, { downloads: 100_000 }), longest);
  assert.ok(bytes(card.message) <= 3900, `${bytes(card.message)} bytes`);
  assert.ok(bytes(JSON.stringify(card)) <= 8000, `${bytes(JSON.stringify(card))} bytes of JSON`);
  const shown = card.message.split('\n');
  assert.ok(shown.length > least && shown.length <= names.length + 2, `${shown.length} lines`);
  assert.equal(shown.at(-1), `and ${100_000 - (shown.length - 2)} more`);
}

describe('ntfy accepts each summary, and no line is lost or broken:', () => {
  const worst: [what: string, name: string][] = [
    ['characters of four bytes', '😀'.repeat(150)],
    ['quotes', '"'.repeat(300)],
    ['backslashes', '\\'.repeat(300)],
    ['umlauts', 'ü'.repeat(300)],
    ['control characters', '\u0001a'.repeat(150)],
  ];
  for (const [what, name] of worst)
    test(`names of ${what}`, () =>
      fits(
        Array.from({ length: 150 }, () => name),
        25,
      ));

  test('2,000 hostile names', () => {
    const names = hostileNames(2000, 7);
    for (let from = 0; from < names.length; from += 150) fits(names.slice(from, from + 150), 20);
  });
});

test('the last form has the totals and no name; the plain one is short', () => {
  const summary = summaryOf([lineOf({ name: 'secret name' })]);
  const fixed = renderCard(summary, address, 'fixed');
  assert.deepEqual(
    [fixed.title, fixed.message, fixed.sequence_id, fixed.priority],
    ['1 download: 43%', 'See the page.', 'qbit-sum', 2],
  );
  assert.match(renderCard(summary, address, 'plain').message, /^[\x20-\x7E\n]{1,200}$/);
});

test('quiet hours change nothing, and a rule does not either', () => {
  const summary = summaryOf([lineOf()]);
  const card = renderCard(summary, address);
  assert.deepEqual(renderCard(silence(summary), address), card);
  assert.deepEqual(renderCard(summary, address, 'full', { priority: 5, title: 'x', message: 'x' }), card);
});
