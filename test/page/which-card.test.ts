/** Which card stands for a torrent, on the page. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { board } from '../../src/page/html/board.ts';
import { torrentRow } from '../../src/page/html/torrent.ts';
import type { ViewModel } from '../../src/page/view-model.ts';
import { textOf } from './markup.ts';
import { clock, torrent, view, words } from './views.ts';

/** The text of a page. */
const page = (over: Partial<ViewModel>) => textOf(board(view(over), []));

describe('a torrent on the page', () => {
  test('shows the rule that applies, and why it has no card', () => {
    const ruling = {
      rule: 'films & more',
      matched: [],
      decided: true,
      send: ['progress', 'alerts'],
    } as const;
    assert.match(words({ ruling }), /\|Downloading · rule \|films & more\|42%/);
    const without = { shown: null, showing: null };
    assert.match(words({ ...without, ruling }), /On the phone: \|No card\|/);
    assert.match(
      words({ ...without, ruling: { ...ruling, send: ['completion'] } }),
      /On the phone: \|No card, by its rule\|/,
    );
    assert.match(words({ ...without, ruling: { ...ruling, rule: null, send: [] } }), /\|No card\|/);
    assert.match(words({ ...without, ruling: { ...ruling, decided: false } }), /\|No card\|/);
    const long = torrentRow(torrent({ ruling: { ...ruling, rule: `<b>\u202E${'x'.repeat(5000)}` } }), clock);
    assert.doesNotMatch(String(long), /<b>|\u202E/);
    assert.ok(String(long).length < 1200);
  });

  test('shows whether its alert has a card of its own', () => {
    const alert = { phase: 'stalled', alert: 'stalled' } as const;
    assert.match(words(alert), /\|Alert: stalled, 42%\|/);
    assert.match(words({ ...alert, alertShared: true }), /\|Shared alert: stalled, 42%\|/);
  });
});

describe('the cards of the services', () => {
  test('show quiet hours only if the rules have some: until when, and what is announced then', () => {
    const until = Date.UTC(2026, 10, 24, 7, 0);
    assert.doesNotMatch(page({}), /Quiet hours/);
    assert.match(
      page({ quietHours: { isQuiet: true, until, pending: 0 } }),
      /\|Quiet hours\|Until 24 Nov 07:00\|/,
    );
    assert.match(
      page({ quietHours: { isQuiet: true, until, pending: 1200 } }),
      /\|Until 24 Nov 07:00\|1,200 to announce at their end\|/,
    );
    assert.match(
      page({ quietHours: { isQuiet: false, until, pending: 0 } }),
      /\|Quiet hours\|Not now\|from 24 Nov 07:00\|/,
    );
  });

  test('show how many downloads a summary stands for', () => {
    const { services } = view();
    const summary = [
      { shown: true, downloads: 12 },
      { shown: false, downloads: 3 },
      { shown: true, downloads: 9 },
    ];
    assert.match(
      page({ services: { ...services, summary } }),
      /\|Digests\|None open\|21 downloads in the summary\|/,
    );
    assert.doesNotMatch(page({}), /in the summary/);
  });
});
