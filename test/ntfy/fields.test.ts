/** The values of the template fields. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Observation } from '../../machines/domain.ts';
import { createFields } from '../../src/ntfy/fields.ts';
import type { FieldOptions, TorrentNotification } from '../../src/ntfy/fields.ts';
import { TEMPLATE_FIELD_NAMES } from '../../src/ntfy/template-fields.ts';
import { completionOf, key, progressOf, torrentOf } from './cards.ts';

const at = Date.UTC(2026, 10, 23, 14, 32, 30);
const options: FieldOptions = { timeZone: 'UTC', now: at };

/** All values, by field. */
function valuesOf(notification: TorrentNotification, over: FieldOptions = {}): Record<string, string> {
  const read = createFields(notification, 'films', { ...options, ...over });
  return Object.fromEntries(TEMPLATE_FIELD_NAMES.map((name) => [name, read(name)]));
}

const labels: Partial<Observation> = {
  category: 'films/4k',
  tags: ['large', 'notify'],
  tracker: 'tracker.example.org',
  path: '/downloads/films',
};
/** An observation with labels. */
const labelled = (over: Partial<Observation> = {}): Observation => torrentOf({ ...over, ...labels });

describe('the template fields', () => {
  test('of progress are those of its card', () => {
    assert.deepEqual(valuesOf({ ...progressOf(), torrent: labelled({ ratio: 0.26 }), at }), {
      name: 'debian.iso',
      size: '704 MB',
      downloaded: '704 MB',
      percent: '42',
      speed: '1.3 MB/s',
      eta: '12m 30s',
      duration: '9m 2s',
      ratio: '0.3',
      time: '14:32',
      finished: '?',
      category: 'films/4k',
      tags: 'large, notify',
      tracker: 'tracker.example.org',
      path: '/downloads/films',
      hash: key,
      rule: 'films',
    });
  });

  test('of a completion have 100 percent, the average speed and the time of its finish', () => {
    const finishedAt = at / 1000 - 86_400;
    const { percent, speed, eta, time, finished } = valuesOf({
      ...completionOf({ finishedAt, speed: 0 }),
      at,
    });
    assert.deepEqual(
      { percent, speed, eta, time, finished },
      { percent: '100', speed: '1.3 MB/s', eta: '0s', time: '14:32', finished: '22 Nov 14:32' },
    );
    assert.equal(valuesOf({ ...completionOf(), at }).finished, '14:32', 'unknown: when it was observed');
    assert.equal(valuesOf({ ...completionOf({ downloaded: 0 }), at }).speed, '?', 'the data existed');
  });

  test('of an alert and of a removal are what is known of it', () => {
    const expected = {
      name: 'debian.iso',
      size: '?',
      downloaded: '?',
      percent: '43',
      speed: '?',
      eta: '?',
      duration: '?',
      ratio: '?',
      time: '14:32',
      finished: '?',
      category: '?',
      tags: '?',
      tracker: '?',
      path: '?',
      hash: key,
      rule: 'films',
    };
    const known = { key, name: 'debian.iso', percent: 43 };
    assert.deepEqual(valuesOf({ kind: 'alert', alert: 'failed', ...known }), expected);
    assert.deepEqual(valuesOf({ kind: 'removed', at, ...known }), expected);
    assert.equal(valuesOf({ kind: 'alert', alert: 'failed', ...known }, { now: undefined }).time, '?');
  });

  test('are ? where qBittorrent reports nothing, and empty where a torrent has nothing', () => {
    const unknown = torrentOf({ name: null, size: 0, eta: null, duration: null, ratio: null });
    const { name, size, eta, duration, ratio, percent, tracker } = valuesOf({
      kind: 'added',
      key,
      torrent: unknown,
      at,
    });
    assert.deepEqual(
      { name, size, eta, duration, ratio, percent, tracker },
      {
        name: 'Torrent 01234567',
        size: '?',
        eta: '∞',
        duration: '?',
        ratio: '?',
        percent: '42',
        tracker: '',
      },
    );
    const bare = torrentOf({ category: '', tags: [], tracker: null, path: null });
    const values = valuesOf({ kind: 'added', key, torrent: bare, at });
    assert.deepEqual([values.category, values.tags, values.tracker, values.path], ['', '', '', '?']);
  });

  test('follow the units and the locale', () => {
    const { size, speed, percent, ratio, time } = valuesOf(
      { ...progressOf({ ratio: 1.25 }), at },
      { units: 'binary', locale: 'en-US', timeZone: 'Europe/Berlin' },
    );
    assert.deepEqual([size, speed, percent, ratio], ['671 MiB', '1.2 MiB/s', '42', '1.3']);
    assert.equal(time?.replace('\u202f', ' '), '03:32 PM');
  });
});
