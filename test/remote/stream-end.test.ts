/** How the stream of the command topic ends. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { serve } from '../http/server.ts';
import { sleep, until } from '../servers/wait.ts';
import { codecOf, command } from './commands.ts';
import { keepalive, lineOf, open, serveStream, startListening } from './listening.ts';

const signed = codecOf().sign(command);

const ended = ({ host }: { host: string }) => ({
  kind: 'unreachable',
  message: `${host} closed the connection`,
  reason: 'connection-closed',
});

const failureOf = async (...texts: string[]) => {
  await using server = await serve((_, outgoing) => {
    for (const text of texts) outgoing.write(text);
    outgoing.end();
  });
  const listening = startListening(server.url);
  return { failure: await listening.failure, server, listening };
};
const notNtfy = ({ host }: { host: string }) => ({
  kind: 'misdirected',
  message: `${host} does not answer like an ntfy server`,
  reason: 'not-ntfy',
});

describe('the stream ends with a failure', () => {
  test('when the server ends it', async () => {
    const { failure, server, listening } = await failureOf(open, keepalive);
    assert.deepEqual(failure, ended(server));
    assert.deepEqual(listening.reports, ['open']);
  });

  test('when the connection is cut, also within a line; the last cursor is not lost', async () => {
    await using server = await serveStream(
      open,
      lineOf({ id: 'id1', message: 'junk' }),
      lineOf({ id: 'id2', message: 'junk' }),
      '{"id":"id3',
    );
    const listening = startListening(server.url);
    await until('the junk', () => listening.count('malformed') === 2);
    server.streams[0]?.destroy();
    assert.deepEqual(await listening.failure, ended(server));
    assert.deepEqual(listening.reports, ['open', 'malformed', 'cursor id1', 'malformed', 'cursor id2']);
  });

  test('when nothing arrives for too long, and not before: a keepalive is enough', async () => {
    await using server = await serveStream(open);
    const listening = startListening(server.url, { silence: 600 });
    const began = performance.now();
    let isOver = false;
    const over = listening.failure.finally(() => {
      isOver = true;
    });
    while (performance.now() - began < 1500) {
      await sleep(50);
      server.send(keepalive);
    }
    assert.equal(isOver, false);
    await over;
    const failure = await listening.failure;
    assert.deepEqual([failure.kind, failure.reason], ['unreachable', 'timeout']);
    assert.equal(failure.message, `${server.host} sent nothing for 0.6 s`);
  });

  test('when it is refused, or is something else', async () => {
    const answers: Array<[status: number, body: string, kind: string]> = [
      [403, '{"code":40301,"http":403,"error":"forbidden"}', 'unauthorized'],
      [401, '{"code":40101,"http":401,"error":"unauthorized"}', 'unauthorized'],
      [429, '{"code":42903,"http":429,"error":"limit reached"}', 'limited'],
      [404, '{"code":40401,"http":404,"error":"page not found"}', 'misdirected'],
      [502, '<html>Bad Gateway</html>', 'broken'],
      [403, '<html>Forbidden</html>', 'misdirected'],
      [302, '', 'misdirected'],
    ];
    for (const [status, body, kind] of answers) {
      await using server = await serve((_, outgoing) =>
        outgoing.writeHead(status, { location: '/login' }).end(body),
      );
      const listening = startListening(server.url);
      const failure = await listening.failure;
      assert.deepEqual([failure.kind, failure.answer?.status], [kind, status]);
      assert.deepEqual(listening.reports, []);
      assert.equal(server.requests.length, 1);
    }
  });

  test('when a login page answers, also one without an end', async () => {
    const pages = [
      [''],
      ['<html>Login</html>'],
      ['<html>\n<body>\nLogin\n'],
      [lineOf({ id: 'id1', message: signed }), open],
      [keepalive],
      ['x'.repeat(5000)],
    ];
    for (const page of pages) {
      const { failure, server, listening } = await failureOf(...page);
      assert.deepEqual(failure, notNtfy(server), JSON.stringify(page));
      assert.deepEqual(listening.reports, []);
    }
    for (const endless of ['<html>\n', 'x'.repeat(2049)]) {
      await using server = await serveStream(endless);
      const listening = startListening(server.url);
      assert.deepEqual(await listening.failure, notNtfy(server));
    }
  });

  test('when it is aborted, at any moment', async () => {
    await using server = await serveStream(open);
    for (const wait of [0, 1, 5, 50]) {
      const listening = startListening(server.url);
      await sleep(wait);
      await listening.stop();
    }
    await until('no connection', () => server.streams.every(({ destroyed }) => destroyed));
  });
});
