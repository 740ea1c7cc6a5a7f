/** Publishing to a path, updating, clearing, deleting. */
import assert from 'node:assert/strict';
import { objectOf } from './http.ts';
import { call, codeOf, knowsSequences, newTopic, poll, publish } from './ntfy-subject.ts';
import type { NtfyCase } from './ntfy-subject.ts';

export const sequenceCases: NtfyCase[] = [
  {
    title: 'a message can be posted as text, with the rest in headers or in the query',
    run: async (subject) => {
      const topic = newTopic();
      const headers = { title: 'T', priority: 'high', tags: 'a,b' };
      const posted = await call(subject, `/${topic}`, { method: 'POST', body: 'text', headers });
      const { title, message, priority, tags } = objectOf(posted.text);
      assert.deepEqual([title, message, priority, tags], ['T', 'text', 4, ['a', 'b']]);
      const put = await call(subject, `/${topic}?title=Q&p=1`, { method: 'PUT', body: 'text' });
      assert.deepEqual([objectOf(put.text).title, objectOf(put.text).priority], ['Q', 1]);
      const lines = await call(subject, `/${topic}`, { method: 'POST', headers: { 'x-message': 'a\\nb' } });
      assert.equal(objectOf(lines.text).message, 'a\nb');
    },
  },
  {
    title: 'JSON that is posted to a topic is shown as text',
    run: async (subject) => {
      const body = '{"topic":"x","message":"y"}';
      const answer = await call(subject, `/${newTopic()}`, { method: 'POST', body });
      assert.equal(objectOf(answer.text).message, body);
    },
  },
  {
    title: 'an invalid topic in the path is 40401, a reserved one 40010',
    run: async (subject) => {
      const post = { method: 'POST', body: 'x' };
      assert.equal(codeOf(await call(subject, '/a%20b', post)), 40401);
      assert.equal(codeOf(await call(subject, '/a,b', post)), 40401);
      assert.equal(codeOf(await call(subject, '/docs', post)), 40010);
      assert.equal(codeOf(await call(subject, '/a/b/c/d')), 40401);
      assert.equal(codeOf(await call(subject, '/topic', { method: 'PATCH' })), 40401);
    },
  },
  {
    title: 'before 2.16 no path contains a sequence: publish, clear and delete are 40401',
    only: ['legacy'],
    run: async (subject) => {
      const requests: [string, string][] = [
        ['POST', '/topic/sequence'],
        ['PUT', '/topic/sequence/clear'],
        ['PUT', '/topic/sequence/read'],
        ['DELETE', '/topic/sequence'],
      ];
      for (const [method, path] of requests) {
        const answer = await call(subject, path, { method });
        assert.deepEqual([answer.status, codeOf(answer)], [404, 40401], path);
      }
    },
  },
  {
    title: 'the sequence in the path has precedence over the one in a header',
    only: ['current'],
    run: async (subject) => {
      const sequenceOf = async (path: string, headers: Record<string, string>) =>
        objectOf((await call(subject, path, { method: 'POST', body: 'x', headers })).text).sequence_id;
      assert.equal(await sequenceOf('/topic/path', { 'x-sequence-id': 'header' }), 'path');
      assert.equal(await sequenceOf('/topic', { 'x-sequence-id': 'header' }), 'header');
      assert.equal(await sequenceOf('/topic?sid=query', {}), 'query');
      assert.equal(codeOf(await call(subject, '/topic/a%20b', { method: 'POST', body: 'x' })), 40401);
    },
  },
  {
    title: 'clear and delete are events of the sequence, whether it exists or not',
    only: ['current'],
    run: async (subject) => {
      const topic = newTopic();
      const act = async (method: string, path: string) => {
        const answer = await call(subject, `/${topic}/${path}`, { method });
        const { id, time, expires, ...rest } = objectOf(answer.text);
        assert.equal(answer.status, 200);
        assert.ok(id !== undefined && Number(expires) > Number(time));
        return rest;
      };
      const event = (event: string, sequence_id: string) => ({ event, topic, sequence_id });
      assert.deepEqual(await act('PUT', 'never/clear'), event('message_clear', 'never'));
      assert.deepEqual(await act('PUT', 'never/read'), event('message_clear', 'never'));
      assert.deepEqual(await act('DELETE', 'never'), event('message_delete', 'never'));
      assert.equal(codeOf(await call(subject, `/${topic}/never/clear`, { method: 'POST' })), 40401);
      assert.equal(codeOf(await call(subject, `/${topic}`, { method: 'DELETE' })), 40401);
    },
  },
  {
    title: 'the cache keeps every version of a sequence, in order, deletes too',
    run: async (subject) => {
      const topic = newTopic();
      for (const message of ['one', 'two']) await publish(subject, { topic, message, sequence_id: 's' });
      await call(subject, `/${topic}/s`, { method: 'DELETE' });
      await publish(subject, { topic, message: 'three', sequence_id: 's' });
      const events = (await poll(subject, topic)).map((event) => [
        event.event,
        event.message,
        event.sequence_id,
      ]);
      const sequence = knowsSequences(subject) ? 's' : undefined;
      const message = (text: string) => ['message', text, sequence];
      const deleted = knowsSequences(subject) ? [['message_delete', undefined, 's']] : [];
      assert.deepEqual(events.slice(0, 2), [message('one'), message('two')]);
      // From here on the order within a second is not guaranteed.
      assert.deepEqual(new Set(events.slice(2)), new Set([...deleted, message('three')]));
    },
  },
];
