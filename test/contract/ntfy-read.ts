/** Reading the cache and the stream, and other requests. */
import assert from 'node:assert/strict';
import { objectOf } from './http.ts';
import { call, codeOf, newTopic, poll, publish } from './ntfy-subject.ts';
import type { NtfyCase, Subject } from './ntfy-subject.ts';

async function fill(subject: Subject): Promise<{ topic: string; ids: string[] }> {
  const topic = newTopic();
  const ids = [];
  for (const message of ['one', 'two', 'three']) {
    ids.push(String(objectOf((await publish(subject, { topic, message })).text).id));
  }
  return { topic, ids };
}

/** Reads a stream line by line. */
async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<Record<string, unknown>> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of body) {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts.filter((line) => line !== '').map(objectOf);
  }
}

export const readCases: NtfyCase[] = [
  {
    title: 'a poll returns one JSON object a line; an empty topic has an empty answer',
    run: async (subject) => {
      const { topic, ids } = await fill(subject);
      const answer = await call(subject, `/${topic}/json?poll=1`);
      assert.equal(answer.headers['content-type'], 'application/x-ndjson; charset=utf-8');
      assert.deepEqual(
        (await poll(subject, topic)).map(({ id }) => id),
        ids,
      );
      const empty = await call(subject, `/${newTopic()}/json?poll=1`);
      assert.deepEqual([empty.status, empty.text], [200, '']);
    },
  },
  {
    title: 'since accepts an ID, a duration or a time; an unknown ID means all, an invalid value is 40008',
    run: async (subject) => {
      const { topic, ids } = await fill(subject);
      const since = async (text: string) =>
        (await poll(subject, topic, `&since=${text}`)).map(({ id }) => id);
      assert.deepEqual(await since(ids[2] ?? ''), []);
      assert.deepEqual(await since('none'), []);
      const now = Math.floor(Date.now() / 1000);
      assert.deepEqual(await since(String(now + 1000)), []);
      for (const text of ['all', '10m', 'abcdefghijkl', String(now - 1000)]) {
        assert.deepEqual(await since(text), ids, text);
      }
      assert.equal(codeOf(await call(subject, `/${topic}/json?poll=1&since=a!b`)), 40008);
    },
  },
  {
    title: 'since=latest returns the last message, in versions that support it',
    run: async (subject) => {
      const { topic } = await fill(subject);
      const answer = await call(subject, `/${topic}/json?poll=1&since=latest`);
      if (subject.generation === 'legacy') return assert.equal(codeOf(answer), 40008);
      return assert.equal(answer.text.trim().split('\n').length, 1);
    },
  },
  {
    title: 'several topics can be read at once',
    run: async (subject) => {
      const [one, two] = [await fill(subject), await fill(subject)];
      const found = await poll(subject, `${one.topic},${two.topic}`);
      assert.deepEqual(new Set(found.map(({ id }) => id)), new Set([...one.ids, ...two.ids]));
      assert.equal(codeOf(await call(subject, '/a%20b/json?poll=1')), 40401);
    },
  },
  {
    title: 'a message that must not be cached is sent live, and is not in the cache',
    run: async (subject) => {
      const topic = newTopic();
      const headers = { cache: 'no' };
      const answer = await call(subject, `/${topic}`, { method: 'POST', body: 'live', headers });
      assert.equal(objectOf(answer.text).expires, undefined);
      assert.deepEqual(await poll(subject, topic), []);
    },
  },
  {
    title: 'a stream begins with "open" and then contains what is published',
    run: async (subject) => {
      const topic = newTopic();
      const controller = new AbortController();
      const response = await fetch(`${subject.url}/${topic}/json`, { signal: controller.signal });
      assert.ok(response.body);
      const stream = lines(response.body);
      const { value: open } = await stream.next();
      assert.deepEqual([open?.event, open?.topic, open?.message], ['open', topic, undefined]);
      await publish(subject, { topic, message: 'live' });
      const { value: live } = await stream.next();
      assert.deepEqual([live?.event, live?.message], ['message', 'live']);
      controller.abort();
    },
  },
  {
    title: 'health is one word; the config has a hash since 2.16 and did not exist before',
    run: async (subject) => {
      assert.deepEqual(objectOf((await call(subject, '/v1/health')).text), { healthy: true });
      const config = await call(subject, '/v1/config');
      if (subject.generation === 'legacy') return assert.equal(codeOf(config), 40401);
      return assert.equal(typeof objectOf(config.text).config_hash, 'string');
    },
  },
];
