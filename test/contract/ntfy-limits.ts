/** Limits and credentials. */
import assert from 'node:assert/strict';
import { until } from '../servers/index.ts';
import { objectOf } from './http.ts';
import type { Answer } from './http.ts';
import { call, codeOf, publish } from './ntfy-subject.ts';
import type { NtfyCase, Subject } from './ntfy-subject.ts';

const topic = 'mine';

/** 75 publishes at once. */
const flood = (subject: Subject): Promise<Answer[]> =>
  Promise.all(Array.from({ length: 75 }, () => publish(subject, { topic, message: 'x' })));

/**
 * Those that the limit allowed. 2.11 answers some of them 500: its memory cache cannot store two messages at the same
 * time.
 */
const passed = (answers: Answer[]): number => answers.filter(({ status }) => status !== 429).length;

/** On a slow machine one more request is allowed for each five seconds since `start`. */
function assertPassed(answers: Answer[], expected: number, start: number): void {
  const more = Math.floor((performance.now() - start) / 5000);
  const count = passed(answers);
  assert.ok(count >= expected && count <= expected + more, `${count} passed, not ${expected}`);
}

/** On a slow machine a request may be left: then the next one is refused. */
async function isLimited(subject: Subject, path: string, method: string): Promise<void> {
  await until(`${method} ${path} is 42901`, async () => {
    const answer = await call(subject, path, { method });
    return answer.status === 429 && codeOf(answer) === 42901;
  });
}

async function account(subject: Subject): Promise<[messages: unknown, remaining: unknown]> {
  const { limits, stats } = objectOf((await call(subject, '/v1/account')).text);
  const { messages } = objectOf(JSON.stringify(limits));
  return [messages, objectOf(JSON.stringify(stats)).messages_remaining];
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const basic = (words: string) => ({ authorization: `Basic ${btoa(words)}` });

export const limitCases: NtfyCase[] = [
  {
    title: 'of 75 publishes at once 60 pass; the rest is 42901, without a Retry-After',
    options: {},
    run: async (subject) => {
      const start = performance.now();
      const answers = await flood(subject);
      assertPassed(answers, 60, start);
      const refused = answers.find(({ status }) => status === 429);
      assert.ok(refused);
      assert.equal(refused.headers['retry-after'], undefined);
      const link = 'https://ntfy.sh/docs/publish/#limitations';
      const error = 'limit reached: too many requests';
      assert.deepEqual(objectOf(refused.text), { code: 42901, http: 429, error, link });
    },
  },
  {
    title: 'with an empty bucket health and account still answer, and reading is refused',
    options: {},
    run: async (subject) => {
      const count = passed(await flood(subject));
      assert.equal((await call(subject, '/v1/health')).status, 200);
      assert.deepEqual(await account(subject), [17_280, 17_280 - count]);
      await isLimited(subject, `/${topic}/json?poll=1`, 'GET');
      if (subject.generation === 'current') await isLimited(subject, `/${topic}/x`, 'DELETE');
    },
  },
  {
    title: 'broken JSON and invalid topics cost no request, an invalid priority does',
    options: {},
    run: async (subject) => {
      const start = performance.now();
      for (let count = 0; count < 5; count += 1) {
        assert.equal(codeOf(await publish(subject, '{')), 40024);
        assert.equal(codeOf(await publish(subject, { topic: 'a b' })), 40009);
        assert.equal(codeOf(await publish(subject, { topic, priority: 9 })), 40007);
      }
      assertPassed(await flood(subject), 55, start);
    },
  },
  {
    title: 'the messages of a day are counted, deletes too; when they are used up the answer is 42908',
    options: { limit: { dailyMessages: 3 } },
    run: async (subject) => {
      assert.deepEqual(await account(subject), [3, 3]);
      assert.equal(codeOf(await publish(subject, { topic, priority: 9 })), 40007);
      const codes = [];
      for (let count = 0; count < 4; count += 1) codes.push(codeOf(await publish(subject, { topic })));
      assert.deepEqual(codes, [0, 0, 0, 42908]);
      assert.deepEqual(await account(subject), [3, 0]);
      const deleted = await call(subject, `/${topic}/x`, { method: 'DELETE' });
      assert.equal(codeOf(deleted), subject.generation === 'legacy' ? 40401 : 42908);
    },
  },
  {
    title: 'a token and a password are accepted; wrong ones are 40101, none at all is 40301',
    options: { password: 'secret' },
    run: async (subject) => {
      const code = async (headers: Record<string, string>) =>
        codeOf(await publish(subject, { topic }, headers));
      assert.equal(await code(bearer(subject.token)), 0);
      assert.equal(await code(basic('phil:secret')), 0);
      assert.equal(await code(basic(`:${subject.token}`)), 0);
      assert.equal(await code(bearer(`tk_${'b'.repeat(29)}`)), 40101);
      assert.equal(await code(basic('phil:wrong')), 40101);
      assert.equal(await code({}), 40301);
      assert.equal(await code({ authorization: 'Other scheme' }), 40301);
      const query = Buffer.from(`Bearer ${subject.token}`).toString('base64url');
      const body = JSON.stringify({ topic });
      assert.equal((await call(subject, `/?auth=${query}`, { method: 'POST', body })).status, 200);
    },
  },
  {
    title: 'a topic that is not allowed is 40301, also for reading',
    options: { password: 'secret' },
    run: async (subject) => {
      const headers = bearer(subject.token);
      assert.equal(codeOf(await publish(subject, { topic: 'other' }, headers)), 40301);
      assert.equal(codeOf(await call(subject, '/other/json?poll=1', { headers })), 40301);
      assert.equal(codeOf(await call(subject, `/${topic}/json?poll=1`)), 40301);
      assert.deepEqual(objectOf((await call(subject, `/${topic}/auth`, { headers })).text), {
        success: true,
      });
    },
  },
  {
    title: 'wrong credentials are 40101 everywhere; after thirty even right ones are 42909 for a while',
    options: { password: 'secret' },
    run: async (subject) => {
      const headers = bearer(`tk_${'b'.repeat(29)}`);
      assert.equal(codeOf(await call(subject, '/v1/health', { headers })), 40101);
      let tries = 1;
      while (tries < 60 && codeOf(await publish(subject, { topic }, headers)) === 40101) tries += 1;
      assert.equal(tries, 30);
      assert.equal(codeOf(await publish(subject, { topic }, bearer(subject.token))), 42909);
      assert.equal(codeOf(await publish(subject, { topic })), 40301);
    },
  },
];
