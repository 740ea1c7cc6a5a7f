/** Streams that a real ntfy cannot be told to send: test/remote/real.test.ts has those of real ones. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { secret } from '../../src/util/secret.ts';
import { serve } from '../http/server.ts';
import { until } from '../servers/wait.ts';
import { codecOf, command, NOW } from './commands.ts';
import { keepalive, lineOf, open, serveStream, startListening, TIME, TOPIC, writeAll } from './listening.ts';

const codec = codecOf();
const signed = codec.sign(command);

describe('a press', () => {
  test('is reported with its command and ID, and then the cursor', async () => {
    await using server = await serveStream(open, lineOf({ id: 'id1', message: signed }));
    await using listening = startListening(server.url);
    await until('the press', () => listening.reports.length === 3);
    assert.deepEqual(listening.reports, ['open', 'press id1', 'cursor id1']);
    assert.deepEqual(listening.presses[0]?.command, command);
    const { method, url, headers } = server.requests[0] ?? {};
    assert.deepEqual([method, url], ['GET', `/${TOPIC}/json?since=10m`]);
    assert.equal(headers?.authorization, undefined);
  });

  test('is asked for with the credentials of the sidecar, after the cursor', async () => {
    await using server = await serveStream(open);
    const auth = { kind: 'token', token: secret('tk_own') } as const;
    await using listening = startListening(`${server.url}base`, { auth, since: 'a/b?c&d' });
    await until('the stream', () => listening.count('open') === 1);
    const { url, headers } = server.requests[0] ?? {};
    assert.deepEqual(
      [url, headers?.authorization],
      [`/base/${TOPIC}/json?since=a%2Fb%3Fc%26d`, 'Bearer tk_own'],
    );
  });

  test('can be cut anywhere, also within a character, and share a piece with others', async () => {
    const text = `${open}${lineOf({ id: 'id1', message: signed })}${lineOf({ message: 'é€😀' })}\n${keepalive}${lineOf({ id: 'id2', message: signed })}`;
    const bytes = Buffer.from(text);
    for (const size of [1, 7, 64, bytes.byteLength]) {
      const pieces = Array.from({ length: Math.ceil(bytes.byteLength / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      await using server = await serve((_, outgoing) => void writeAll(outgoing, pieces));
      await using listening = startListening(server.url);
      await until('the second press', () => listening.reports.includes('cursor id2'));
      assert.deepEqual(
        listening.reports.filter((report) => !report.startsWith('cursor id0')),
        ['open', 'press id1', 'cursor id1', 'malformed', 'press id2', 'cursor id2'],
      );
    }
  });

  test('is not reported any more once the stream is aborted, although it has arrived', async () => {
    await using server = await serveStream(
      open,
      [1, 2, 3].map((n) => lineOf({ id: `id${n}`, message: signed })).join(''),
    );
    const control: { stop?: () => Promise<void> } = {};
    const stopped: Promise<void>[] = [];
    const listening = startListening(server.url, {
      onPress: () => void stopped.push(control.stop?.() ?? Promise.resolve()),
    });
    control.stop = listening.stop;
    await listening.failure;
    await Promise.all(stopped);
    assert.deepEqual(listening.reports, ['open', 'press id1', 'cursor id1']);
  });
});

/** The ages of the presses that are reported, in seconds, and how many are too old. */
const agesOf = async (...lines: string[]) => {
  await using server = await serveStream(lines.join(''), lineOf({ id: 'last', message: 'end' }));
  await using listening = startListening(server.url);
  await until('the last line', () => listening.reports.includes('malformed'));
  return {
    ages: listening.presses.map(({ age }) => Math.round(age / 1000)),
    old: listening.count('old'),
  };
};

const press = (time: number) => lineOf({ time, message: signed });

describe('the age of a press', () => {
  test('is measured by the clock of ntfy: the latest time that it sent', async () => {
    assert.deepEqual(await agesOf(open, press(TIME)), { ages: [0], old: 0 });
    assert.deepEqual(await agesOf(open, press(TIME - 60), press(TIME - 599)), { ages: [60, 599], old: 0 });
    const later = lineOf({ event: 'keepalive', time: TIME + 100 });
    assert.deepEqual(await agesOf(open, later, press(TIME)), { ages: [100], old: 0 });
    assert.deepEqual(await agesOf(open, press(TIME + 50), press(TIME)), { ages: [0, 50], old: 0 });
  });

  test('is never negative', async () => {
    assert.deepEqual(await agesOf(open, press(TIME + 86_400)), { ages: [0], old: 0 });
  });

  test('of more than ten minutes means that it has no effect', async () => {
    assert.deepEqual(await agesOf(open, press(TIME - 601), press(TIME - 43_200)), { ages: [], old: 2 });
  });
});

describe('a message without effect', () => {
  test('is counted by its reason', async () => {
    const changed = signed.slice(0, -1) + (signed.endsWith('A') ? 'B' : 'A');
    const messages = [
      'hello',
      '',
      5,
      null,
      'v1.',
      signed.slice(1),
      `${signed}\n`,
      changed,
      codecOf({ instance: 'other' }).sign(command),
      codec.sign({ ...command, expiresAt: NOW }),
    ];
    await using server = await serveStream(open, ...messages.map((message) => lineOf({ message })));
    await using listening = startListening(server.url);
    await until('all', () => listening.reports.includes('expired'));
    const reasons = listening.reports.filter((report) => !report.startsWith('cursor'));
    assert.deepEqual(reasons, [
      'open',
      ...Array.from({ length: 7 }, () => 'malformed'),
      'signature',
      'foreign',
      'expired',
    ]);
    assert.deepEqual(listening.presses, []);
  });

  test('is a press that was reported ten times, and the next one is reported', async () => {
    const other = codec.sign({ ...command, action: 'mute' });
    const lines = Array.from({ length: 1000 }, () => lineOf({ message: signed }));
    await using server = await serveStream(open, lines.join(''), lineOf({ id: 'other', message: other }));
    await using listening = startListening(server.url);
    await until('the other press', () => listening.reports.includes('cursor other'));
    assert.deepEqual([listening.presses.length, listening.count('repeated')], [11, 990]);
    assert.ok(listening.reports.filter((report) => report.startsWith('cursor')).length <= 12);
  });

  test('can be any line', async () => {
    const lines = [
      'x',
      '{}',
      '[]',
      'null',
      '{"id":',
      `[${'['.repeat(2000)}`,
      `{"a":${'{"a":'.repeat(300)}`,
      '\0\u0001\u0002',
      '{"__proto__":{"event":"message"}}',
      lineOf({ event: 'message_delete', message: signed }).trim(),
      lineOf({ event: 'toString', message: signed }).trim(),
      lineOf({ id: '../../etc', message: signed }).trim(),
      lineOf({ id: '', message: signed }).trim(),
      lineOf({ time: -1, message: signed }).trim(),
      lineOf({ time: 1e300, message: signed }).trim(),
      lineOf({ message: `"event":"open" "message":"${signed}"` }).trim(),
      JSON.stringify({ id: 'a', event: 'message', headers: { event: 'open', message: signed } }),
      'x'.repeat(2049),
      'x'.repeat(300_000),
    ];
    await using server = await serveStream(
      open,
      `${lines.join('\n')}\n`,
      lineOf({ id: 'ok', message: signed }),
    );
    await using listening = startListening(server.url);
    await until('the press', () => listening.presses.length === 1);
    assert.equal(listening.count('malformed'), lines.length);
    assert.equal(listening.count('open'), 1);
    assert.deepEqual(listening.reports.slice(-2), ['press ok', 'cursor ok']);
  });
});
