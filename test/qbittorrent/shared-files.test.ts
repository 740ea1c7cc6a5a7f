/** Whether torrents share files: limits, failures and hostile answers. */
import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { LIST_TIMEOUT } from '../../machines/watchdog.ts';
import { createQbittorrentClient } from '../../src/qbittorrent/client.ts';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { serve } from '../http/server.ts';
import { hashOf } from '../machines/fixtures.ts';
import { requestsTo, failureOf, none, signedIn, valueOf } from './clients.ts';

const OWN = hashOf(0);

/** A torrent in `/downloads`: its content, and the names of its files. */
interface Listed {
  hash: string;
  content: unknown;
  files: readonly unknown[];
}

/** A qBittorrent with these torrents; returns the result for the first one, and the hashes whose files were read. */
async function resultOf(torrents: readonly Listed[]) {
  const read: unknown[] = [];
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const form = new URLSearchParams(await text(incoming));
    const wanted = form.get('hash') ?? form.get('hashes');
    const found = torrents.filter(({ hash }) => wanted === null || hash === wanted);
    const isFiles = incoming.url?.endsWith('/torrents/files') === true;
    if (isFiles) read.push(wanted);
    const list = found.map(({ hash, content }) => ({ hash, content_path: content, save_path: '/downloads' }));
    outgoing.end(JSON.stringify(isFiles ? found[0]?.files : list));
  };
  await using server = await serve((incoming, outgoing) => void answer(incoming, outgoing));
  const client = createQbittorrentClient({ url: server.url.slice(0, -1), auth: none });
  const value = valueOf(await client.sharesFiles(torrents[0]?.hash ?? OWN));
  return { value, read, requests: server.requests.length };
}

const named = (...names: string[]) => names.map((name) => ({ name }));
const numbered = (count: number, name: string) =>
  Array.from({ length: count }, (_, n) => ({ name: name + n }));

/** Torrents without a common folder, all of them in `/downloads`. */
const loose = (count: number): Listed[] =>
  Array.from({ length: count }, (_, n) => ({
    hash: hashOf(n + 1),
    content: '/downloads',
    files: named(`${n}.mkv`, `${n}.srt`),
  }));

for (const generation of ['4.1', '4.4', 'legacy', '5.1', 'current'] as const) {
  test(`two torrents of a simulated qBittorrent ${generation} share a file if its path is the same`, async () => {
    await using qbittorrent = await startQbittorrentSimulator({ generation });
    const script = [{ phase: 'complete' }] as const;
    const add = (name: string, savePath = '/downloads', n = 0) =>
      qbittorrent.addTorrent({ name, savePath, script: [...script], hash: hashOf(n) });
    const [one, other] = [add('movie.mkv', '/downloads', 1), add('movie.mkv', '/downloads', 2)];
    const alone = [add('other.mkv', '/downloads', 3), add('movie.mkv', '/films', 4)];
    alone.push(
      qbittorrent.addTorrent({ name: 'movie.mkv', scenario: 'noMetadata', hash: hashOf(5) }),
      hashOf(6),
    );
    const client = await signedIn(qbittorrent);
    for (const hash of [one, other, one.toUpperCase()])
      assert.equal(valueOf(await client.sharesFiles(hash)), true);
    for (const hash of alone) assert.equal(valueOf(await client.sharesFiles(hash)), false, hash);
  });
}

describe('the lookup of shared files', () => {
  test('needs three requests, whatever the number of torrents, and changes nothing', async () => {
    await using qbittorrent = await startQbittorrentSimulator();
    const hash = qbittorrent.addTorrent({ name: 'movie.mkv' });
    for (let n = 0; n < 500; n += 1) qbittorrent.addTorrent({ name: `${n}.mkv` });
    const client = await signedIn(qbittorrent);
    qbittorrent.requests.length = 0;
    assert.equal(valueOf(await client.sharesFiles(hash)), false);
    assert.deepEqual(
      qbittorrent.requests.map(({ path, form }) => [path.replace('/api/v2/torrents/', ''), form]),
      [
        ['info', { hashes: hash }],
        ['files', { hash }],
        ['info', { filter: 'all' }],
      ],
    );
  });

  test('compares the files of ten torrents in the same folder', async () => {
    const own = { hash: OWN, content: '/downloads', files: named('a.mkv', 'a.srt') };
    const others = loose(10);
    const apart = await resultOf([own, ...others]);
    assert.deepEqual([apart.value, apart.read.length], [false, 11]);
    const last = { hash: hashOf(10), content: '/downloads', files: named('b.mkv', 'A.SRT') };
    assert.equal((await resultOf([own, ...others.slice(0, 9), last])).value, true);
  });

  test('of more torrents answers yes, and does not read their files', async () => {
    const own = { hash: OWN, content: '/downloads', files: named('a.mkv', 'a.srt') };
    const { value, read } = await resultOf([own, ...loose(11)]);
    assert.deepEqual([value, read], [true, [OWN]]);
  });

  test('of a file needs no other files: a torrent with this path is found in the list', async () => {
    const own = { hash: OWN, content: '/downloads/show', files: named('show/1.mkv', 'show/2.mkv') };
    const other = { hash: hashOf(1), content: '/downloads/show/2.mkv', files: [] };
    const { value, read } = await resultOf([own, other]);
    assert.deepEqual([value, read], [true, [OWN]]);
  });

  test('compares twenty thousand files; of more the answer is yes', async () => {
    const own = { hash: OWN, content: '/downloads/own', files: numbered(20_000, 'own/') };
    const other = { hash: hashOf(1), content: '/downloads', files: numbered(20_000, 'other/') };
    assert.equal((await resultOf([own, other])).value, false);
    assert.equal((await resultOf([own, { ...other, files: numbered(20_001, 'other/') }])).value, true);
    const large = await resultOf([{ ...own, files: numbered(20_001, 'own/') }, other]);
    assert.deepEqual([large.value, large.requests], [true, 2]);
  });

  test('ignores only invalid entries', async () => {
    const invalid = [null, 1, 'x', [], {}, { name: 1 }, { name: null }];
    const own = { hash: OWN, content: '/downloads/own', files: [...invalid, ...named('own/a', 'own/b')] };
    const others = [null, 1, {}, ['/downloads/own']].map((content, n) => ({
      hash: hashOf(n + 2),
      content,
      files: [],
    }));
    const shared = {
      hash: hashOf(1),
      content: '/downloads/own',
      files: [...invalid, ...named('own/b', 'own/c')],
    };
    assert.equal((await resultOf([own, ...others])).value, false);
    assert.equal((await resultOf([own, ...others, shared])).value, true);
  });

  test('has no problem with long paths and deep folders', async () => {
    const deep = named(`${'a/'.repeat(5000)}1`, `b/${'c'.repeat(100_000)}`, '../../etc/passwd', '');
    const own = { hash: OWN, content: '/downloads', files: deep };
    const other = { hash: hashOf(1), content: '/downloads/a', files: named('a/1', 'a/2') };
    assert.equal((await resultOf([own, other])).value, false);
  });
});

describe('a failure', () => {
  test('in any of the requests is the failure of the lookup', async () => {
    for (const path of ['info', 'files', 'info 2', 'files 2']) {
      await using qbittorrent = await startQbittorrentSimulator();
      const script = [{ phase: 'complete' } as const];
      const hash = qbittorrent.addTorrent({ name: 'show/1.mkv', script });
      qbittorrent.addTorrent({ name: 'show', script });
      const client = await signedIn(qbittorrent);
      let seen = 0;
      const [name = '', nth = '1'] = path.split(' ');
      const isNth = (request: { path: string }) => request.path.endsWith(name) && (seen += 1) === Number(nth);
      qbittorrent.fail(isNth, { kind: 'status', status: 403 });
      assert.equal(failureOf(await client.sharesFiles(hash)).kind, 'unauthorized', path);
      assert.equal(seen, Number(nth), 'it is not repeated');
    }
  });

  test('is a list that is none', async () => {
    await using qbittorrent = await startQbittorrentSimulator();
    const hash = qbittorrent.addTorrent({ name: 'movie.mkv' });
    const client = await signedIn(qbittorrent);
    for (const body of ['', '{}', '[', '<html>', '[{}']) {
      for (const path of ['torrents/info', 'torrents/files']) {
        const restore = qbittorrent.fail(path, { kind: 'status', status: 200, body });
        assert.equal(failureOf(await client.sharesFiles(hash)).kind, 'protocol', body);
        restore();
      }
    }
  });

  test('is a text that is not one hash, without a request', async () => {
    await using qbittorrent = await startQbittorrentSimulator();
    const client = await signedIn(qbittorrent);
    const before = qbittorrent.requests.length;
    for (const hash of ['', 'all', '|', `${OWN}|${OWN}`])
      assert.equal(failureOf(await client.sharesFiles(hash)).kind, 'bug');
    assert.equal(qbittorrent.requests.length, before);
  });

  test('is a lookup that takes more than a minute, although each answer makes progress', async (t) => {
    await using qbittorrent = await startQbittorrentSimulator();
    const hash = qbittorrent.addTorrent({ name: 'movie.mkv' });
    const client = await signedIn(qbittorrent);
    qbittorrent.fail(({ form }) => form['filter'] === 'all', { kind: 'hang' });
    const { setTimeout } = globalThis;
    let limits = 0;
    t.mock.method(globalThis, 'setTimeout', (act: () => void, ms: number) => {
      // The first one of a minute is the limit of the whole; the one of the list is set later.
      const isWhole = ms === LIST_TIMEOUT && (limits += 1) === 1;
      return setTimeout(act, isWhole ? 500 : ms);
    });
    const failure = failureOf(await client.sharesFiles(hash));
    assert.deepEqual([failure.kind, failure.reason, limits], ['unreachable', 'timeout', 2]);
    assert.match(failure.message, /did not answer within 60 s/);
  });

  test('ends the lookup when it is aborted', async () => {
    await using qbittorrent = await startQbittorrentSimulator();
    const hash = qbittorrent.addTorrent({ name: 'movie.mkv' });
    const client = await signedIn(qbittorrent);
    qbittorrent.fail('torrents/files', { kind: 'hang' });
    const controller = new AbortController();
    const result = client.sharesFiles(hash, controller.signal);
    while (requestsTo(qbittorrent, 'torrents/files').length === 0) await new Promise(setImmediate);
    controller.abort();
    assert.equal(failureOf(await result).kind, 'unreachable');
  });
});
