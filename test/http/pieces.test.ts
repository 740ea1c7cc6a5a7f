import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { request } from '../../src/http/request.ts';
import { serve } from './server.ts';

const refuse = () => assert.fail('an error response is passed on in pieces');

/** More than the progress that a response has to make within its time limit. */
const PIECE = 'x'.repeat(65_536);

describe('a response that is read in pieces', () => {
  test('is complete, and other work runs in between', async () => {
    const body = 'ü€😀'.repeat(100_000);
    await using server = await serve((_, outgoing) => void outgoing.end(body));
    const pieces: string[] = [];
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 0);
    const result = await request(server.url, { maxBytes: 1e7, take: (piece) => void pieces.push(piece) });
    clearInterval(timer);
    assert.ok(result.ok);
    assert.equal(result.value.text, '');
    assert.equal(pieces.join(''), body);
    assert.ok(pieces.length > 2 && turns > 0, `${pieces.length} pieces, ${turns} turns`);
  });

  test('is returned as text when its status is an error', async () => {
    for (const status of [302, 403, 500]) {
      await using server = await serve((_, outgoing) => outgoing.writeHead(status).end('why'));
      const result = await request(server.url, { take: refuse });
      assert.ok(result.ok);
      assert.equal(result.value.text, 'why');
    }
  });

  test('may take long, but is aborted after a time without data, and after ten times of it', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const answers: ServerResponse[] = [];
    await using server = await serve((_, outgoing) => void answers.push(outgoing));
    for (const [steps, pause] of [
      [3, 10_000],
      [10, 9999],
    ] as const) {
      let missing = 0;
      let received = Promise.withResolvers<void>();
      const take = (piece: string) => {
        missing -= piece.length;
        if (missing <= 0) received.resolve();
      };
      const result = request(server.url, { maxBytes: 1_000_000, take });
      while (answers.length === 0) await new Promise(setImmediate);
      for (let step = 0; step < steps; step += 1) {
        missing = PIECE.length;
        received = Promise.withResolvers();
        answers.at(-1)?.write(PIECE);
        await received.promise;
        // The time between two pieces is below the limit, up to the last of them.
        t.mock.timers.tick(step === steps - 1 ? pause : 9999);
      }
      if (pause < 10_000) t.mock.timers.tick(100);
      const ended = await result;
      assert.equal(ended.ok ? null : ended.failure.kind, 'unreachable', `${steps} pieces`);
      answers.length = 0;
    }
  });

  test('has the same size limit as any other', async () => {
    await using server = await serve((_, outgoing) => void outgoing.end('x'.repeat(200_000)));
    const result = await request(server.url, { maxBytes: 100_000, take: () => {} });
    assert.equal(result.ok ? null : result.failure.kind, 'protocol');
  });
});
