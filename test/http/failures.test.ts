import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { request } from '../../src/http/request.ts';
import { failureOf } from './calls.ts';
import { serve } from './server.ts';

describe('the message of a failure', () => {
  test('names the host and port that nothing listens on, and no more of the URL', async () => {
    const server = await serve((_, outgoing) => void outgoing.end());
    await server.close();
    assert.deepEqual(await failureOf(`${server.url}tk_secret/path?auth=tk_secret#tk_secret`), {
      kind: 'unreachable',
      message: `nothing listens on ${server.host}`,
      reason: 'connection-refused',
    });
  });

  test('holds no credentials, whatever is wrong with the URL', async () => {
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

  test('says of an unknown name that it is one', async () => {
    const { kind, message, reason } = await failureOf('http://no-such-host.invalid:8080/path');
    assert.equal(kind, 'unreachable');
    assert.ok(reason === 'name-unknown' || reason === 'name-lookup-failed', reason);
    assert.match(
      message,
      /^(no-such-host\.invalid:8080 is no known name|the name of no-such-host\.invalid:8080 )/,
    );
  });
});

test('an exception of our own code is thrown, and not taken for a server that can not be reached', async () => {
  await using server = await serve((_, outgoing) => void outgoing.end('text'));
  const bug = new TypeError("Cannot read properties of undefined (reading 'length')");
  const take = () => {
    throw bug;
  };
  await assert.rejects(request(server.url, { take }), (error) => error === bug);
});
