import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRecentHistory } from '../../src/page/index.ts';
import { historyPage } from '../../src/page/html/history.ts';
import { createMemoryHistory, DEFAULT_HISTORY } from '../../src/store/history.ts';
import type { HistoryQuery } from '../../src/store/history.ts';
import { secret } from '../../src/util/secret.ts';
import type { EndedTorrent } from '../../machines/supervisor/ended.ts';
import { hashOf, MINUTE, SECOND } from '../machines/fixtures.ts';
import { endedTorrent } from '../store/fixtures.ts';
import { startWorld } from '../support/world.ts';
import { navigation, startApp } from './setup.ts';

const NEWEST: HistoryQuery = { search: '', limit: 100, before: null };
const clock = { now: 1_700_000_600_000, timeZone: 'UTC' };

const pageOf = (entries: readonly EndedTorrent[], query = NEWEST, next: EndedTorrent | null = null) =>
  String(historyPage({ entries, next }, query, clock));

/** The text of the entries, the parts of each separated by bars. */
const rowsOf = (markup: string): string[] =>
  [...markup.matchAll(/<li class="end"[^>]*>(.*?)<\/li>/g)].map(([, row = '']) =>
    row.replaceAll(/<[^>]*>/g, '|').replaceAll(/\|+/g, '|'),
  );

const rowOf = (changes: Partial<EndedTorrent>) => rowsOf(pageOf([endedTorrent(1, changes)]))[0];

/** A world in which these torrents have completed. */
async function startEnded(names: readonly string[]) {
  const world = startWorld({ policy: { rate: null } });
  for (const [index, name] of names.entries()) {
    world.set(hashOf(index), { name, phase: 'complete', progress: 1, finishedAt: 100 + index });
    world.track(hashOf(index));
  }
  world.script.skew = 10 * MINUTE;
  await world.pass(30 * SECOND);
  return world;
}

describe('an entry of the history', () => {
  test('has its name, size, duration, average speed, time, category, rule and what was sent', () => {
    assert.equal(
      rowOf({ category: 'films/4k', rule: 'by size' }),
      '|torrent 1|Complete · 1.0 MB in 1m 40s · 10.0 kB/s|22:13|films/4k| · rule |by size| · own notification|',
    );
  });

  test('that was removed says so', () => {
    assert.equal(
      rowOf({ end: 'removed', category: '', card: null, reason: 'removal' }),
      '|torrent 1|Removed from qBittorrent|22:13|no notification of its removal|',
    );
  });

  test('says what was sent, or why nothing was', () => {
    for (const [changes, text] of [
      [{ card: 'd1f' }, 'shared notification d1f'],
      [{ card: null, reason: 'rule' }, 'no notification: its rule sends none'],
      [{ card: null, reason: 'existing' }, 'no notification: nothing was downloaded'],
    ] as const)
      assert.ok(rowOf(changes)?.endsWith(`${text}|`), text);
  });

  test('without figures or a name has none', () => {
    assert.equal(
      rowOf({ name: null, category: null, size: 0, duration: null }),
      '|Torrent 00000000|Complete|22:13|own notification|',
    );
    assert.match(rowOf({ downloaded: 0 }) ?? '', /Complete · 1\.0 MB\|/);
  });

  test('of another day has its date', () => {
    assert.match(rowOf({ at: 1_690_000_000 }) ?? '', /\|22 Jul 04:26\|/);
  });
});

describe('the page of the history', () => {
  test('escapes names, categories, rules and the search', () => {
    const hostile = `"><script>alert(1)</script>\u202E`;
    const markup = pageOf([endedTorrent(1, { name: hostile, category: hostile, rule: hostile })], {
      ...NEWEST,
      search: hostile,
    });
    assert.doesNotMatch(markup, /<script|\u202E(?!")/);
    assert.match(markup, /value="&quot;&gt;&lt;script&gt;/);
  });

  test('links to older entries with the same search, and back to the newest', () => {
    const query = {
      search: 'a&b=c "d"',
      limit: 2,
      before: { at: 5, hash: hashOf(1), end: 'complete' },
    } as const;
    const markup = pageOf([endedTorrent(3)], query, endedTorrent(2));
    const links = [...markup.matchAll(/<a(?: rel="next")? href="(history[^"]*)"/g)].map(
      ([, href = '']) => new URLSearchParams(href.replaceAll('&amp;', '&').replace('history?', '')),
    );
    assert.deepEqual(
      links.map((link) => Object.fromEntries(link)),
      [
        { search: query.search },
        { search: query.search, before: `1700000002-${endedTorrent(2).hash}-complete` },
      ],
    );
    assert.doesNotMatch(pageOf([endedTorrent(3)]), /Older|Newest/);
  });

  test('says when nothing matches', () => {
    assert.match(pageOf([]), /No download matches/);
  });

  test('is for browsers; other programs get JSON from the same path', async (t) => {
    const { call } = startApp(t, null, await startEnded(['one', 'two']));
    const page = await call('/history?search=ONE', { headers: navigation() });
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.deepEqual(
      rowsOf(await page.text()).map((row) => row.split('|')[1]),
      ['one'],
    );
    const json = await call('/history?search=ONE', { headers: { accept: '*/*' } });
    assert.match(json.headers.get('content-type') ?? '', /^application\/json/);
    assert.deepEqual(await json.json(), {
      entries: [
        {
          key: hashOf(0),
          hash: hashOf(0),
          name: 'one',
          category: '',
          end: 'complete',
          time: '1970-01-01T00:01:40.000Z',
          size: 1_000_000,
          duration: 500,
          speed: 1000,
          rule: null,
          card: 'own',
          reason: null,
        },
      ],
      next: null,
    });
  });

  test('requires the same access as the status, and shows the form to a browser', async (t) => {
    const { call } = startApp(t, secret('correct-horse'), await startEnded(['secret name']));
    const host = { host: 'pod.example' };
    const locked = await call('/history', { headers: { ...navigation(), ...host } }, '10.1.2.3');
    assert.equal(locked.status, 403);
    assert.match(await locked.text(), /<form method="post" action="login">/);
    const refused = await call('/history', { headers: host }, '10.1.2.3');
    assert.equal(refused.status, 403);
    assert.doesNotMatch(await refused.text(), /secret name/);
    const authorization = 'Bearer correct-horse';
    const allowed = await call('/history', { headers: { ...host, authorization } }, '10.1.2.3');
    assert.match(await allowed.text(), /secret name/);
    const foreign = { ...host, authorization, origin: 'https://evil.example' };
    assert.equal((await call('/history', { headers: foreign })).status, 403);
  });

  test('is bounded: limit, search and position are checked', async (t) => {
    const { call } = startApp(t, null, await startEnded(['one']));
    for (const query of [
      'limit=0',
      'limit=1001',
      'limit=x',
      `search=${'x'.repeat(101)}`,
      'before=1',
      'before=1-x',
    ])
      for (const headers of [{}, navigation()]) {
        const response = await call(`/history?${query}`, { headers });
        assert.equal(response.status, 400, query);
        assert.match(await response.text(), /^(limit|search|before) must/);
      }
    assert.equal((await call('/history?limit=1000')).status, 200);
    assert.equal((await call('/history', { method: 'POST' })).status, 405);
  });

  test('has pages also as JSON', async (t) => {
    const { call } = startApp(t, null, await startEnded(['a', 'b', 'c', 'd', 'e']));
    const names: string[] = [];
    let before = '';
    for (let page = 0; page < 3; page += 1) {
      const response = await call(`/history?limit=2${before}`);
      const { entries, next } = (await response.json()) as {
        entries: { name: string }[];
        next: string | null;
      };
      names.push(...entries.map(({ name }) => name));
      assert.equal(next === null, page === 2);
      before = `&before=${next}`;
    }
    assert.deepEqual(names, ['e', 'd', 'c', 'b', 'a']);
  });
});

describe('the newest entries on the live page', () => {
  test('are read again only after a torrent has ended', () => {
    const history = createMemoryHistory(DEFAULT_HISTORY, () => 1_700_000_100_000);
    let reads = 0;
    const find = (query: HistoryQuery) => {
      reads += 1;
      return history.find(query);
    };
    const recent = createRecentHistory({ find }, 2);
    assert.deepEqual([recent.list(), recent.list(), recent.last(), reads], [[], [], null, 1]);
    for (const n of [1, 2, 3]) {
      const { key, name, end } = endedTorrent(n);
      history.add(endedTorrent(n));
      recent.event({ type: 'torrent.finished', key, name, end, last: null });
    }
    for (let times = 0; times < 3; times += 1)
      assert.deepEqual(recent.list(), [endedTorrent(3), endedTorrent(2)]);
    assert.deepEqual([recent.last()?.name, reads], ['torrent 3', 2]);
  });
});
