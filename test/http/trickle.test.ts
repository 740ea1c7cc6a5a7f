/** A response that is read in pieces has to make progress: one that trickles counts as silent. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { LIST_TIMEOUT, TIMEOUT } from '../../machines/watchdog.ts';
import { createQbittorrentClient } from '../../src/qbittorrent/client.ts';
import { hashOf } from '../machines/fixtures.ts';
import { none } from '../qbittorrent/clients.ts';
import { serve } from './server.ts';

const QUARTERS = 4;

/** A response of qBittorrent that has begun; each `send` is followed by a quarter of the time limit. */
async function begin(t: TestContext, name: 'observe' | 'list') {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const began = Promise.withResolvers<ServerResponse>();
  const server = await serve((_, outgoing) => {
    outgoing.write('[', () => began.resolve(outgoing));
  });
  const client = createQbittorrentClient({ url: server.url.slice(0, -1), auth: none });
  let isSettled = false;
  const result = client[name]([hashOf(1)]).finally(() => {
    isSettled = true;
  });
  const outgoing = await began.promise;
  await turns();
  const timeout = name === 'list' ? LIST_TIMEOUT : TIMEOUT;
  return {
    result,
    isSettled: () => isSettled,
    end: () => outgoing.end(']'),
    async send(text: string) {
      await new Promise<unknown>((resolve) => outgoing.write(text, resolve));
      await turns();
      t.mock.timers.tick(timeout / QUARTERS);
      await turns();
    },
    [Symbol.asyncDispose]: server.close,
  };
}

/** The sent data has arrived afterwards. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
}

for (const name of ['observe', 'list'] as const) {
  describe(name, () => {
    test('fails after its time limit when single bytes arrive', async (t) => {
      await using response = await begin(t, name);
      for (let quarter = 0; quarter <= QUARTERS; quarter += 1) await response.send(' ');
      assert.equal(response.isSettled(), true);
      const result = await response.result;
      assert.equal(result.ok ? null : result.failure.reason, 'timeout');
    });

    test('continues for longer than its time limit while 16 KiB arrive within it', async (t) => {
      await using response = await begin(t, name);
      for (let quarter = 0; quarter < 3 * QUARTERS; quarter += 1) await response.send(' '.repeat(6000));
      assert.equal(response.isSettled(), false);
      response.end();
      assert.deepEqual(await response.result, { ok: true, value: [] });
    });
  });
}
