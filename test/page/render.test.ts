import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Failure } from '../../machines/domain.ts';
import { charts } from '../../src/charts/index.ts';
import { board } from '../../src/page/html/board.ts';
import { chartBody } from '../../src/page/html/chart.ts';
import { torrentRow } from '../../src/page/html/torrent.ts';
import type { ViewModel } from '../../src/page/view-model.ts';
import { hashOf } from '../machines/fixtures.ts';
import { endedTorrent } from '../store/fixtures.ts';
import { hostile, shapeOf, textOf } from './markup.ts';
import { clock, torrent, view, words } from './views.ts';

describe('a torrent on the page', () => {
  test('shows name, state, percent, size, speed, ETA and its card on the phone', () => {
    assert.equal(
      textOf(torrentRow(torrent(), clock)),
      '|debian.iso|Downloading|42%|704 MB · 1.3 MB/s · ETA 12m 30s (14:12)|On the phone: |42%|',
    );
    assert.match(String(torrentRow(torrent(), clock)), /<progress max="100" value="42.9"/);
  });

  test('shows its state, and the state and percent of its card', () => {
    assert.match(words({ state: 'login', phase: 'unknown' }), /Waiting for qBittorrent/);
    assert.match(words({ state: 'restarting', phase: 'unknown' }), /Crashed in the sidecar, restarting/);
    assert.match(
      words({ state: 'notifying.completion', phase: 'complete', progress: 1 }),
      /notifying the phone\|100%/,
    );
    assert.match(words({ phase: 'failed', showing: 'failed', alert: 'failed' }), /Error.*Alert: error, 42%/);
    assert.match(words({ shown: null, showing: null, summarized: true }), /Downloading.*In the summary/);
    assert.match(
      words({ phase: 'metadata', size: 0, shown: null, showing: null }),
      /metadata\|On the phone: \|No card/,
    );
    assert.match(words({ phase: 'stopped', showing: 'stopped' }), /Stopped\|42%\|704 MB\|.*Stopped, 42%/);
    assert.match(words({ eta: null }), /ETA ∞/);
  });

  test('is not labelled stalled after a single poll without data', () => {
    assert.match(textOf(torrentRow(torrent({ phase: 'stalled' }), clock)), /Waiting for data/);
    assert.match(textOf(torrentRow(torrent({ phase: 'stalled', showing: 'stalled' }), clock)), /Stalled/);
  });

  test('has its category, tags, tracker and path in its chart, not in its row', () => {
    const film = {
      category: 'films',
      tags: ['a'],
      tracker: 'tracker.example',
      path: '/films',
      private: true,
    };
    assert.equal(words(film), words({}));
  });

  test('has 100% only when it is complete', () => {
    assert.match(textOf(torrentRow(torrent({ progress: 0.9999 }), clock)), /\|99%\|/);
  });

  test('contains no markup from its name', () => {
    const shape = shapeOf(torrentRow(torrent(), clock));
    for (const name of hostile) {
      const row = torrentRow(torrent({ name }), clock);
      assert.equal(shapeOf(row), shape, name);
      assert.ok(textOf(row).startsWith(`|${name}|`), name);
    }
  });

  test('cannot reverse the text around it, and a name of 10 KB is cut', () => {
    const row = String(torrentRow(torrent({ name: `gpj.\u202Eexe ${'x'.repeat(10_000)}` }), clock));
    assert.doesNotMatch(row, /[\u202A-\u202E\u2066-\u2069\u200E\u200F]/u);
    assert.ok(row.length < 1500);
    assert.match(row, /<bdi>gpj\. exe x+…<\/bdi>/);
  });

  test('without a name is named by its hash', () => {
    for (const name of [null, '', '\u202E\u200B']) {
      assert.match(textOf(torrentRow(torrent({ name }), clock)), /\|Torrent 01000000\|/);
    }
  });
});

describe('untrusted text', () => {
  test('in failures, versions, problems and finished torrents is escaped and cut', () => {
    const message = `<b>${'x'.repeat(10_000)}`;
    const failure: Failure = { kind: 'broken', message };
    const services: ViewModel['services'] = {
      ...view().services,
      session: { state: 'ready', webapi: '<i>2.11</i>', failure },
      watcher: { state: 'waiting', watching: 1, failure },
      hook: { state: 'retrying', reason: message },
      incident: 'raised',
      incidentFailure: failure,
    };
    const health = { kind: 'memory', problem: message } as const;
    const hostileEntry = { name: '<u>done</u>', category: '<u>films', rule: `<u>${'x'.repeat(300)}` };
    const finished = [endedTorrent(2, hostileEntry)];
    const page = String(board(view({ services, health, finished }), []));
    assert.doesNotMatch(page, /<b>x|<i>2|<u>/);
    assert.match(page, /&lt;u&gt;done/);
    assert.ok(page.length < 10_000);
  });

  test('in events and titles of a chart is escaped', () => {
    const shown = { id: hashOf(1), machine: 'torrent', parents: [] } as const;
    const step = {
      seq: 1,
      at: 0,
      actor: 'x',
      machine: 'torrent',
      from: 'a',
      taken: ['"><b>'],
      times: 2,
    } as const;
    const bodyOf = (text: string) => {
      const steps = hostile.map(() => ({ ...step, event: text, state: text }));
      const view = { shown, title: text, state: text, isRunning: true, facts: text, steps };
      return chartBody({ ...view, fields: [['Category', text]], timeZone: 'UTC' });
    };
    for (const text of hostile) {
      assert.ok(shapeOf(bodyOf(text)) === shapeOf(bodyOf('harmless')), text);
      assert.ok(textOf(bodyOf(text)).includes(`|${text}|`), text);
      assert.ok(textOf(bodyOf(text)).includes(`|Category|${text}|`), text);
    }
  });
});

/** The states without children, except the failed one. */
function statesOf(machine: 'session' | 'supervisor' | 'hookInstaller'): string[] {
  const all = [...charts[machine].matchAll(/data-state="([^"]+)"/g)].map(([, path = '']) => path);
  return all.filter((path) => !all.some((other) => other.startsWith(`${path}.`)) && path !== 'failed');
}

test('each state of the session, the supervisor and the hook installer has a label', () => {
  const { services } = view();
  const cases: Array<Partial<ViewModel['services']>> = [
    ...statesOf('session').map((state) => ({ session: { state, webapi: null, failure: null } })),
    ...statesOf('supervisor').map((supervisor) => ({ supervisor })),
    ...statesOf('hookInstaller').map((state) => ({ hook: { state, reason: null } })),
  ];
  for (const changes of cases) {
    const page = board(view({ services: { ...services, ...changes } }), []);
    assert.doesNotMatch(textOf(page), /\|State: \w/, JSON.stringify(changes));
  }
});

test('an empty page has a text for each empty list', () => {
  const page = textOf(board(view(), []));
  assert.match(page, /No active downloads/);
  assert.match(page, /No download has completed or was removed yet/);
});
