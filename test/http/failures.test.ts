import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { request } from '../../src/http/request.ts';
import { failureOf } from './calls.ts';
import { serve } from './server.ts';

describe('the message of a failure', () => {
  test('contains the host and port that nothing listens on, and nothing else of the URL', async () => {
    const server = await serve((_, outgoing) => void outgoing.end());
    await server.close();
    assert.deepEqual(await failureOf(`${server.url}tk_secret/path?auth=tk_secret#tk_secret`), {
      kind: 'unreachable',
      message: `nothing listens on ${server.host}`,
      reason: 'connection-refused',
    });
  });

  test('contains no credentials, whatever is wrong with the URL', async () => {
    for (const url of [
      'http://admin:hunter2@127.0.0.1:1/hunter2?hunter2',
      'http://:hunter2@localhost:1/',
      'hunter2',
      'http://hunter2 hunter2/',
      'ftp://127.0.0.1/hunter2',
      '',
    ]) {
      const { kind, message } = await failureOf(url, { headers: { authorization: 'hunter2' } });
      assert.equal(kind, 'unreachable');
      assert.doesNotMatch(message, /hunter2|admin/);
    }
  });

  test('reports an unknown name as such', async () => {
    const { kind, message, reason } = await failureOf('http://no-such-host.invalid:8080/path');
    assert.equal(kind, 'unreachable');
    assert.ok(reason === 'name-unknown' || reason === 'name-lookup-failed', reason);
    assert.match(
      message,
      /^(the host name of|looking up the name of) no-such-host\.invalid:8080 (is unknown|failed)$/,
    );
  });
});

test('an exception of our own code is rethrown, not reported as an unreachable server', async () => {
  await using server = await serve((_, outgoing) => void outgoing.end('text'));
  const bug = new TypeError("Cannot read properties of undefined (reading 'length')");
  const take = () => {
    throw bug;
  };
  await assert.rejects(request(server.url, { take }), (error) => error === bug);
});
