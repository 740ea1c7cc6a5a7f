/** A response without an end: only its silence is limited, and it is read no faster than it is taken. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { sleep, until } from '../servers/wait.ts';
import { failureOf, replyOf } from './calls.ts';
import { serve } from './server.ts';

const SILENCE = 500;

/** Writes a text every 700 ms. */
function trickle(outgoing: ServerResponse, text: string, times: number): void {
  outgoing.write(text);
  if (times > 1) setTimeout(() => trickle(outgoing, text, times - 1), 700);
  else outgoing.end();
}

describe('a response without an end', () => {
  test('may be longer and larger than another one', async () => {
    await using server = await serve((_, outgoing) => trickle(outgoing, 'x'.repeat(9000), 12));
    let length = 0;
    const take = (piece: string) => {
      length += piece.length;
    };
    // Another response would have ten times this time, and 64 KiB.
    const reply = await replyOf(server.url, { take, silence: 60_000, timeout: 600 });
    assert.deepEqual([reply.status, reply.text, length], [200, '', 108_000]);
  });

  test('fails if its first piece is late, or if it is silent after any piece', async () => {
    await using server = await serve(({ url }, outgoing) => {
      if (url === '/silent') outgoing.write('x');
      else outgoing.flushHeaders();
    });
    const options = { take: () => {}, silence: SILENCE, timeout: 300 };
    const late = await failureOf(server.url, options);
    assert.deepEqual([late.reason, late.message], ['timeout', `${server.host} did not answer within 0.3 s`]);
    const silent = await failureOf(`${server.url}silent`, options);
    assert.deepEqual([silent.reason, silent.message], ['timeout', `${server.host} sent nothing for 0.5 s`]);
  });

  test('is read again when what was taken is processed', async () => {
    let written = 0;
    await using server = await serve((_, outgoing) => {
      const write = () => {
        written += 1;
        if (!outgoing.destroyed) outgoing.write('x'.repeat(65_536), write);
      };
      write();
    });
    const gate = Promise.withResolvers<void>();
    const control = new AbortController();
    let pieces = 0;
    const take = () => {
      pieces += 1;
      return pieces === 1 ? gate.promise : undefined;
    };
    const ending = failureOf(server.url, { take, silence: 60_000, signal: control.signal });
    await until('the first piece', () => pieces === 1);
    let before = -1;
    // The buffers of the system fill, then the server has to wait.
    await until('the server waits', async () => {
      await sleep(300);
      const isWaiting = written === before;
      before = written;
      return isWaiting;
    });
    assert.equal(pieces, 1);
    gate.resolve();
    await until('the next pieces', () => pieces > 10);
    control.abort();
    assert.equal((await ending).kind, 'unreachable');
  });

  test('that is an error is read as any other', async () => {
    await using server = await serve((_, outgoing) => outgoing.writeHead(403).end('no'));
    const reply = await replyOf(server.url, { take: () => assert.fail(), silence: SILENCE });
    assert.deepEqual([reply.status, reply.text], [403, 'no']);
  });
});
