/** Any number of calls, addresses and names from clients: all data about them is limited. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createOutageLog } from '../../src/log/outages.ts';
import { createMetrics, readingOf } from '../../src/metrics/index.ts';
import { createPatchLog } from '../../src/page/live/patch-log.ts';
import { createViewerFeed } from '../../src/page/live/viewer.ts';
import { secret } from '../../src/util/secret.ts';
import { createAttempts } from '../../src/server/attempts.ts';
import { createRegistry, find, save } from '../../machines/supervisor/registry.ts';
import { createRecord } from '../../machines/torrent/record.ts';
import { completionOf, hashOf } from '../machines/fixtures.ts';
import { startWorld } from '../support/world.ts';
import { opsApp, recorder } from './apps.ts';

const FLOOD = 100_000;

const addressOf = (n: number) => `2001:db8::${(n >> 16).toString(16)}:${(n & 0xffff).toString(16)}`;

/** Each in a separate /64. */
const networkOf = (n: number) => `2001:db8:${(n >> 16).toString(16)}:${(n & 0xffff).toString(16)}::1`;

describe('a flood', () => {
  test('of wrong tokens from as many addresses is one log line, and each is refused', async (t) => {
    t.mock.method(performance, 'now', () => 0);
    const { app, lines } = opsApp({ token: secret('planted-token') });
    const headers = { host: 'pod.example', authorization: 'Bearer wrong' };
    for (let n = 0; n < 2000; n += 1) {
      const incoming = { socket: { remoteAddress: addressOf(n) } };
      const { status } = await app.request('/status', { headers }, { incoming });
      assert.equal(status, 403);
    }
    assert.equal(lines.length, 1);
  });

  test('of networks with wrong tokens is counted for a thousand, and for all others together', () => {
    const attempts = createAttempts(() => 0);
    const networks = Array.from({ length: 10_000 }, (_, n) => networkOf(n));
    let guesses = 0;
    for (const address of networks) {
      for (let n = 0; n < 20 && !attempts.isLockedOut(address); n += 1) {
        attempts.count(address, `guess ${n}`);
        guesses += 1;
      }
    }
    assert.equal(guesses, 1001 * 10, 'the number of comparisons');
    assert.ok(
      networks.every((address) => attempts.isLockedOut(address)),
      'all are counted',
    );
  });

  test('of new IDs for one torrent leaves one', () => {
    const registry = createRegistry([createRecord(hashOf(0), 0)]);
    for (let n = 0; n < FLOOD; n += 1) {
      const record = find(registry, hashOf(n));
      if (record !== undefined) save(registry, { ...record, hash: hashOf(n + 1) });
    }
    assert.deepEqual([registry.records.size, registry.aliases.size], [1, 1]);
    assert.equal(find(registry, hashOf(FLOOD))?.key, hashOf(0));
  });

  test('of failures with different messages is one log line', () => {
    const { lines, log } = recorder();
    const outages = createOutageLog(log, () => 0);
    for (let n = 0; n < FLOOD; n += 1) {
      outages.failed('qbittorrent', { message: 'no session', reason: 'protocol', detail: `sentence ${n}` });
    }
    assert.equal(lines.length, 1);
  });

  test('of rows that come and go disconnects a viewer that does not read, and only the last thousand are stored', async () => {
    const patchLog = createPatchLog('epoch');
    const disconnected: unknown[] = [];
    const before = patchLog.name(patchLog.version);
    const onLeave = (left: unknown) => disconnected.push(left);
    const reader = createViewerFeed({ patchLog, first: '', rest: null, after: 0, onLeave });
    const behind = createViewerFeed({ patchLog, first: '', rest: null, after: 0, onLeave });
    for (let n = 0; n <= 10_000; n += 1) {
      patchLog.put(`row ${n}`, '<li>');
      reader.notify(false);
      behind.notify(false);
      // A viewer that reads receives each of them, and stays connected.
      if (n % 500 === 0) assert.match((await reader.next())?.html ?? '', new RegExp(`row ${n}"|<li>`));
      patchLog.remove(`row ${n}`);
    }
    assert.deepEqual(disconnected, []);
    assert.equal(await behind.next(), null);
    assert.deepEqual(disconnected, [behind]);
    assert.equal(patchLog.parse(before), null, 'changes since then are no longer stored');
    assert.ok(patchLog.size <= 3002, `${patchLog.size} entries`);
  });

  test('of requests adds no series to the metrics', async () => {
    const metrics = createMetrics('1.2.3');
    const reading = readingOf(startWorld().supervisor, { kind: 'memory', problem: null });
    const series = async () => (await metrics.page(reading)).text.match(/^\w.*$/gm)?.length;
    const before = await series();
    for (let n = 0; n < 10_000; n += 1) {
      const notification = completionOf(hashOf(n));
      metrics.hook('track', 'refused');
      metrics.event({ type: 'notification.settled', notification, outcome: 'refused', failure: null });
      metrics.call({
        to: 'qbittorrent',
        call: 'scan',
        seconds: n,
        result: 'protocol',
        failure: { kind: 'protocol', message: `sentence ${n}` },
      });
    }
    assert.equal(await series(), before);
  });
});
