import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { nextTurn } from '../../src/server/turns.ts';

/** Milliseconds: enough for a hundred iterations of the event loop, however busy the machine is. */
const WORK = 2000;

function work(): void {
  const end = performance.now() + WORK;
  while (performance.now() < end);
}

test('callers run one after the other, in the order of the calls, each in its own iteration', async () => {
  let iterations = 0;
  const count = () => {
    iterations += 1;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  const turns: Array<[n: number, iteration: number]> = [];
  await Promise.all([1, 2, 3].map((n) => nextTurn().then(() => turns.push([n, iterations]))));
  clearImmediate(counting);
  assert.deepEqual(
    turns.map(([n]) => n),
    [1, 2, 3],
  );
  assert.equal(new Set(turns.map(([, iteration]) => iteration)).size, 3);
});

test('all connections that arrive while a piece is created are accepted before the next one', async () => {
  let accepted = 0;
  const server = createServer().on('connection', () => (accepted += 1));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  await nextTurn();
  const clients = Array.from({ length: 100 }, () => connect(address.port, '127.0.0.1'));
  // The kernel completes their handshakes: the server still has to accept them.
  await Promise.all(clients.map((client) => once(client, 'connect')));
  const acceptedBefore = accepted;
  work();
  await nextTurn();
  assert.equal(accepted, 100, `${acceptedBefore} were accepted before the work`);
  for (const client of clients) client.destroy();
  server.close();
});
