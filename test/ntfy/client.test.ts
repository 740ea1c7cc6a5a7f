import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { authorization } from '../../src/ntfy/client.ts';
import { secret } from '../../src/util/secret.ts';
import { startNtfySimulator } from '../../src/simulator/index.ts';
import { completionOf, progressOf } from './cards.ts';
import { basic, clientOf, cardDelete, none, token, topic } from './clients.ts';
import type { Auth } from './clients.ts';

const live = { ok: true, value: { live: true } };
const notLive = { ok: true, value: { live: false } };

describe('a card', () => {
  test('is published as JSON to the root; the echo of its sequence ID shows that it can be updated', async () => {
    await using ntfy = await startNtfySimulator();
    assert.deepEqual(await clientOf(ntfy).publish(progressOf()), live);
    const [request] = ntfy.requests;
    assert.deepEqual([request?.method, request?.path, request?.query], ['POST', '/', {}]);
    assert.equal(request?.headers['transfer-encoding'], undefined);
    assert.equal(ntfy.messages[0]?.title, 'debian.iso');
  });

  test('is updated in place, and deleted by its card deletion', async () => {
    await using ntfy = await startNtfySimulator();
    const client = clientOf(ntfy);
    await client.publish(progressOf());
    await client.publish(progressOf({}, { percent: 50 }));
    assert.deepEqual(
      ntfy.cards(topic).map(({ message }) => message?.split(' ')[0]),
      ['50%'],
    );
    assert.deepEqual(await client.publish(cardDelete), live);
    assert.deepEqual(ntfy.cards(topic), []);
  });

  test('for many downloads is updated in place, too, and deleted by its own deletion', async () => {
    await using ntfy = await startNtfySimulator();
    const client = clientOf(ntfy);
    const figures = { at: 0, percent: 43, speed: 0, eta: null, lines: [] };
    for (const downloads of [9, 10])
      await client.publish({ kind: 'summary', key: 'summary', downloads, ...figures });
    assert.deepEqual(
      ntfy.cards(topic).map(({ title }) => title),
      ['10 downloads: 43%'],
    );
    assert.deepEqual(ntfy.sounds, []);
    assert.deepEqual(await client.publish({ kind: 'summary-delete', key: 'summary' }), live);
    assert.deepEqual(ntfy.cards(topic), []);
  });

  test('that is dismissed keeps the completion', async () => {
    await using ntfy = await startNtfySimulator();
    const client = clientOf(ntfy);
    for (const notification of [progressOf(), completionOf(), cardDelete]) await client.publish(notification);
    assert.deepEqual(
      ntfy.cards(topic).map(({ title }) => title),
      ['Download Complete'],
    );
    assert.deepEqual(
      ntfy.sounds.map(({ title }) => title),
      ['Download Complete'],
    );
  });

  test('is accepted by an ntfy before 2.16, but not live', async () => {
    await using ntfy = await startNtfySimulator({ generation: 'legacy' });
    const client = clientOf(ntfy);
    assert.deepEqual(await client.publish(progressOf()), notLive);
    assert.deepEqual(await client.publish(completionOf()), notLive);
    assert.equal(ntfy.messages.length, 2);
  });

  test('that an old ntfy cannot delete is not a failure', async () => {
    await using ntfy = await startNtfySimulator({ generation: 'legacy' });
    assert.deepEqual(await clientOf(ntfy).publish(cardDelete), notLive);
  });

  test('shows a hostile name as text', async () => {
    await using ntfy = await startNtfySimulator();
    const name = 'x “日” =?utf-8?q?a?=\r\nTitle: evil\u202egpj.exe';
    await clientOf(ntfy).publish(progressOf({ name }));
    assert.equal(ntfy.messages[0]?.title, 'x “日” =\u2060?utf-8?q?a?= Title: evil gpj.exe');
  });
});

describe('the Authorization header', () => {
  test('contains the token', async () => {
    await using ntfy = await startNtfySimulator({ token: 'tk_example' });
    assert.deepEqual(await clientOf(ntfy, token('tk_example')).publish(progressOf()), live);
    assert.deepEqual(await clientOf(ntfy, token('tk_example')).publish(cardDelete), live);
  });

  test('contains user name and password, with any characters', async () => {
    const password = 'p:ä ss€';
    await using ntfy = await startNtfySimulator({ users: { phone: password } });
    assert.deepEqual(await clientOf(ntfy, basic('phone', password)).publish(progressOf()), live);
  });

  test('is missing without credentials', () => assert.deepEqual(authorization(none), {}));

  test('contains the newest token of a token file', () => {
    let value = 'tk_old';
    const auth: Auth = { kind: 'token', token: secret(() => value) };
    assert.deepEqual(authorization(auth), { authorization: 'Bearer tk_old' });
    value = 'tk_new';
    assert.deepEqual(authorization(auth), { authorization: 'Bearer tk_new' });
  });
});

describe('whether the server knows sequence IDs', () => {
  test('is asked without credentials, and does not use the request limit', async () => {
    for (const generation of ['current', 'legacy'] as const) {
      await using ntfy = await startNtfySimulator({ generation, token: 'tk_example', burst: 0 });
      assert.equal(await clientOf(ntfy, token('tk_example')).knowsSequences(), generation === 'current');
      const [request] = ntfy.requests;
      assert.deepEqual(
        [request?.method, request?.path, request?.headers.authorization],
        ['GET', '/v1/config', undefined],
      );
    }
  });

  test('is unknown if something else answers, or nothing', async () => {
    await using ntfy = await startNtfySimulator();
    const client = clientOf(ntfy);
    for (const body of ['<html>Not Found</html>', '{"code":404}', '{}', ''])
      for (const status of [200, 404, 502]) {
        ntfy.fail('/v1/config', { kind: 'status', status, body }, 1);
        assert.equal(await client.knowsSequences(), null, `${status} ${body}`);
      }
    assert.equal(await client.knowsSequences(), true);
    await ntfy.goOffline();
    assert.equal(await client.knowsSequences(), null);
  });
});
