import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { createQbittorrentClient } from '../../src/qbittorrent/client.ts';
import { serve } from '../http/server.ts';
import { hashOf } from '../machines/fixtures.ts';
import { failureOf, none, valueOf } from './clients.ts';

/** A client of a qBittorrent that answers every request with this. */
async function clientOf(answer: (outgoing: ServerResponse) => Promise<void> | void) {
  const server = await serve((_, outgoing) => void answer(outgoing));
  return {
    client: createQbittorrentClient({ url: server.url.slice(0, -1), auth: none }),
    [Symbol.asyncDispose]: server.close,
  };
}

/** 13 kB a torrent, as with long comments and many trackers. */
const entry = (n: number) =>
  JSON.stringify({ hash: hashOf(n), name: `torrent ${n}`, state: 'stalledUP', comment: 'x'.repeat(13_000) });

async function sendList(outgoing: ServerResponse, torrents: number) {
  outgoing.write('[');
  for (let n = 0; n < torrents; n += 1) {
    const piece = `${n === 0 ? '' : ','}${entry(n)}`;
    if (!outgoing.write(piece)) await new Promise((resolve) => outgoing.once('drain', resolve));
  }
  outgoing.end(']');
}

describe('a list of all torrents', () => {
  test('may have any size, also 39 MB of 3,000 torrents; only the requested torrents are kept', async () => {
    await using place = await clientOf((outgoing) => sendList(outgoing, 3000));
    const found = valueOf(await place.client.list([hashOf(2999), hashOf(5000)]));
    assert.deepEqual(
      found.map(({ hash }) => hash),
      [hashOf(2999)],
    );
  });

  test('that is invalid fails at once, although the answer never ends', async () => {
    await using place = await clientOf((outgoing) => {
      const more = () => void (outgoing.destroyed || outgoing.write('garbage '.repeat(1000), () => more()));
      more();
    });
    assert.equal(failureOf(await place.client.list([hashOf(1)])).kind, 'protocol');
  });

  test('finds a torrent by any of its hashes', async () => {
    const v2 = `${'c'.repeat(40)}${'d'.repeat(24)}`;
    const hybrid = { hash: 'c'.repeat(40), infohash_v1: 'b'.repeat(40), infohash_v2: v2, name: 'hybrid' };
    await using place = await clientOf((outgoing) => void outgoing.end(JSON.stringify([hybrid])));
    for (const hash of ['b'.repeat(40), 'c'.repeat(40)])
      assert.equal(valueOf(await place.client.list([hash])).length, 1);
    assert.deepEqual(valueOf(await place.client.list(['d'.repeat(40)])), []);
  });
});

test('a poll keeps only the requested torrents', async () => {
  await using place = await clientOf((outgoing) => sendList(outgoing, 3));
  assert.equal(valueOf(await place.client.observe([hashOf(1)])).length, 1);
});

test('an error answer is buffered completely, so it has a limit, also where a valid one has none', async () => {
  await using qbittorrent = await clientOf((outgoing) => {
    outgoing.writeHead(500).end(Buffer.alloc(5_000_000, 'x'));
  });
  const failure = failureOf(await qbittorrent.client.observe([hashOf(1)]));
  assert.equal(failure.reason, 'answer-too-large');
});
