/** The action buttons of a message: their limits, and how they are delivered. */
import assert from 'node:assert/strict';
import { codeOf, newTopic, poll, publish } from './ntfy-subject.ts';
import type { NtfyCase } from './ntfy-subject.ts';

const topic = 'topic';

const http = (fields: object): object => ({
  action: 'http',
  label: 'Pause',
  url: 'http://example.com/commands',
  ...fields,
});

const withBodies = (message: string, first: string): object => ({
  topic,
  message,
  actions: [first, 'b', 'c'].map((body) => http({ body })),
});

/** A message with three buttons whose JSON has this size. */
const sized = (bytes: number, message: string): object =>
  withBodies(message, 'x'.repeat(bytes - JSON.stringify(withBodies(message, '')).length));

export const buttonCases: NtfyCase[] = [
  {
    title: 'three buttons count towards the 8,192 bytes of the JSON, and not towards the 4,096 of the text',
    run: async (subject) => {
      const codes = [];
      for (const content of [sized(8191, 'm'), sized(8192, 'm'), sized(8191, 'm'.repeat(4095))])
        codes.push(codeOf(await publish(subject, content)));
      assert.deepEqual(codes, [0, 41303, 0]);
    },
  },
  {
    title:
      'a button is delivered as it was sent, with a new ID, its method in capitals and encoded words decoded',
    run: async (subject) => {
      const own = newTopic();
      const body = `v1.${Buffer.from([251, 255, 0]).toString('base64url')} <&> "ü€😀" \\`;
      const headers = { Authorization: 'Bearer x' };
      const action = http({ label: 'l'.repeat(300), method: 'put', body, headers, clear: true });
      const actions = [action, http({ label: 'L =?utf-8?q?a=2Cb?=' })];
      for (let version = 0; version < 2; version += 1) await publish(subject, { topic: own, actions });
      const delivered = (await poll(subject, own)).map(({ actions }) =>
        Array.isArray(actions) ? actions : [],
      );
      const ids = delivered.flat().map(({ id }: { id: string }) => id);
      assert.equal(new Set(ids).size, 4);
      for (const id of ids) assert.match(id, /^[A-Za-z0-9]{10}$/);
      for (const [first, second] of delivered) {
        assert.deepEqual({ ...first, id: '' }, { ...action, method: 'PUT', id: '' });
        assert.deepEqual({ ...second, id: '' }, { ...http({ label: 'L a,b' }), clear: false, id: '' });
      }
    },
  },
];
