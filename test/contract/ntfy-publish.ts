/** Publishing by JSON to the root. */
import assert from 'node:assert/strict';
import { objectOf } from './http.ts';
import { codeOf, knowsSequences, newTopic, poll, publish } from './ntfy-subject.ts';
import type { NtfyCase, Subject } from './ntfy-subject.ts';

const topic = 'topic';

/** Publishes and returns the message that the server created. */
async function published(subject: Subject, message: object): Promise<Record<string, unknown>> {
  const answer = await publish(subject, { topic, ...message });
  assert.equal(answer.status, 200, answer.text);
  return objectOf(answer.text);
}

/** Messages with these fields, to the topic of this file. */
const toTopic = (fields: object[]): object[] => fields.map((field) => Object.assign({ topic }, field));

/** The codes that these messages are refused with (0: accepted). */
async function codes(subject: Subject, messages: unknown[]): Promise<number[]> {
  const found = [];
  for (const message of messages) found.push(codeOf(await publish(subject, message)));
  return found;
}

export const publishCases: NtfyCase[] = [
  {
    title: "the answer contains the message's ID, time and expiry",
    run: async (subject) => {
      const answer = await publish(subject, { topic, message: 'hello' });
      const { id, time, expires, ...rest } = objectOf(answer.text);
      assert.equal(answer.type, 'application/json');
      assert.deepEqual(rest, { event: 'message', topic, message: 'hello' });
      assert.match(String(id), /^[A-Za-z0-9]{12}$/);
      assert.equal(Number(expires) - Number(time), 12 * 3600);
    },
  },
  {
    title: 'a sequence ID is echoed since 2.16 and ignored before',
    run: async (subject) => {
      const { sequence_id } = await published(subject, { sequence_id: 'one-two_3' });
      assert.equal(sequence_id, knowsSequences(subject) ? 'one-two_3' : undefined);
      const { sequence_id: longest } = await published(subject, { sequence_id: 'x'.repeat(64) });
      assert.equal(longest, knowsSequences(subject) ? 'x'.repeat(64) : undefined);
    },
  },
  {
    title: 'an invalid sequence ID is 40049 since 2.16',
    run: async (subject) => {
      const messages = ['a b', 'x'.repeat(65), 'a.b'].map((sequence_id) => ({ topic, sequence_id }));
      const code = knowsSequences(subject) ? 40049 : 0;
      assert.deepEqual(await codes(subject, messages), [code, code, code]);
    },
  },
  {
    title: 'all fields arrive unchanged, title and message without surrounding spaces',
    run: async (subject) => {
      const actions = [
        { action: 'view', label: 'Open', url: 'https://example.com/' },
        { action: 'http', label: 'Stop', url: 'http://example.com/stop', method: 'POST', clear: true },
      ];
      const { id, time, expires, ...rest } = await published(subject, {
        title: ' “Title” ü ',
        message: ' two\nlines ',
        priority: 4,
        tags: ['white_check_mark', 'tv'],
        click: 'https://example.com/',
        icon: 'https://example.com/icon.png',
        markdown: true,
        actions,
      });
      assert.ok(id !== undefined && time !== undefined && expires !== undefined);
      const [open, stop] = Array.isArray(rest.actions) ? rest.actions : [];
      assert.deepEqual(open, { id: objectOf(JSON.stringify(open)).id, clear: false, ...actions[0] });
      assert.deepEqual(stop, { id: objectOf(JSON.stringify(stop)).id, ...actions[1] });
      assert.deepEqual(
        { ...rest, actions: [] },
        {
          event: 'message',
          topic,
          title: '“Title” ü',
          message: 'two\nlines',
          priority: 4,
          tags: ['white_check_mark', 'tv'],
          click: 'https://example.com/',
          icon: 'https://example.com/icon.png',
          content_type: 'text/markdown',
          actions: [],
        },
      );
    },
  },
  {
    title: 'an empty message becomes "triggered"; unknown fields are ignored',
    run: async (subject) => {
      const { message } = await published(subject, { percentage: 5, unknown: { deep: true } });
      assert.equal(message, 'triggered');
    },
  },
  {
    title: 'an encoded word in a title is decoded, and a comma in a tag splits it',
    run: async (subject) => {
      const { title, tags } = await published(subject, {
        title: 'x =?utf-8?q?a=2Cb_c?=',
        tags: ['a,b', ' c '],
      });
      assert.deepEqual([title, tags], ['x a,b c', ['a', 'b', 'c']]);
    },
  },
  {
    title: 'invalid JSON or a wrong type is 40024',
    run: async (subject) => {
      const fields = [
        ...['high', '4', 3.5, true].map((priority) => ({ priority })),
        { title: 1 },
        { tags: 'a' },
        { tags: [1] },
        { markdown: 'yes' },
        { delay: 10 },
      ];
      const wrong = ['{', '[]', '', '"text"', ...toTopic(fields)];
      assert.deepEqual(await codes(subject, wrong), Array(wrong.length).fill(40024));
      const later = toTopic([{ cache: false }, { sequence_id: 5 }]);
      const code = knowsSequences(subject) ? 40024 : 0;
      assert.deepEqual(await codes(subject, later), [code, code]);
    },
  },
  {
    title: 'a priority is 1 to 5, or 0 and null for none; others are 40007',
    run: async (subject) => {
      const messages = [1, 5, 0, null, 6, -1].map((priority) => ({ topic, priority }));
      assert.deepEqual(await codes(subject, messages), [0, 0, 0, 0, 40007, 40007]);
    },
  },
  {
    title: 'a topic must be valid (40009) and not reserved (40010)',
    run: async (subject) => {
      const topics = ['a b', '', 'a,b', 'x'.repeat(65), 'docs', 'v1', 'account'];
      const messages = topics.map((topic) => ({ topic, message: 'x' }));
      assert.deepEqual(await codes(subject, messages), [40009, 40009, 40009, 40009, 40010, 40010, 40010]);
      assert.equal(codeOf(await publish(subject, { message: 'no topic' })), 40009);
    },
  },
  {
    title: 'the JSON must stay below 8192 bytes (41303), the message below 4096 (40014)',
    run: async (subject) => {
      const frame = JSON.stringify({ topic, message: 'x', title: '' }).length;
      const sized = (bytes: number) => ({ topic, message: 'x', title: 'y'.repeat(bytes - frame) });
      assert.deepEqual(await codes(subject, [sized(8191), sized(8192)]), [0, 41303]);
      const messages = [4095, 4096].map((bytes) => ({ topic, message: 'z'.repeat(bytes) }));
      assert.deepEqual(await codes(subject, messages), [0, 40014]);
      assert.equal(codeOf(await publish(subject, { topic, message: 'ü'.repeat(2048) })), 40014);
    },
  },
  {
    title: 'icon and attachment must be http addresses, click may be any text',
    run: async (subject) => {
      const fields = [{ icon: 'ftp://x' }, { attach: 'ftp://x' }, { click: 'anything' }];
      assert.deepEqual(await codes(subject, toTopic(fields)), [40021, 40013, 0]);
    },
  },
  {
    title: 'at most three buttons, each with a known kind, a label and its required fields (40018)',
    run: async (subject) => {
      const view = { action: 'view', label: 'a', url: 'http://example.com' };
      const lists = [
        [view, view, view],
        [view, view, view, view],
        [{ ...view, action: 'nonsense' }],
        [{ ...view, label: '' }],
        [{ action: 'view', label: 'a' }],
        [{ ...view, action: 'http', method: 'GET', body: 'x' }],
        [{ action: 'copy', label: 'a', value: 'b' }],
      ];
      const copy = knowsSequences(subject) ? 0 : 40018;
      const expected = [0, 40018, 40018, 40018, 40018, 40018, copy];
      assert.deepEqual(
        await codes(
          subject,
          lists.map((actions) => ({ topic, actions })),
        ),
        expected,
      );
    },
  },
  {
    title: 'X-Notification-ID has no effect: each message is separate',
    run: async (subject) => {
      const topic = newTopic();
      const headers = { 'x-notification-id': 'same' };
      await publish(subject, { topic, message: 'one' }, headers);
      await publish(subject, { topic, message: 'two' }, headers);
      assert.ok((await poll(subject, topic)).every((message) => message.sequence_id === undefined));
    },
  },
];
