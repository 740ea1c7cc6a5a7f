/** Anyone who knows the command topic can flood it: that costs neither memory nor calls, and is read at a limited pace. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { splitLines } from '../../src/remote/lines.ts';
import { serve } from '../http/server.ts';
import { sleep, until } from '../servers/wait.ts';
import { codecOf, command } from './commands.ts';
import { lineOf, open, startListening, writeAll } from './listening.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Mebibytes. */
function heapSize(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

const signed = codecOf().sign(command);
const forged = signed.slice(0, -1) + (signed.endsWith('A') ? 'B' : 'A');

/** Junk of all sorts, of which each line has its own ID. */
const junk = (index: number): string => {
  const id = `junk${String(index).padStart(8, '0')}`;
  const texts = ['hello', forged, 'v1.'.repeat(100), randomBytes(99).toString('latin1'), '['.repeat(1900)];
  return lineOf({ id, message: texts[index % texts.length] });
};

/** A stream without an end. */
function* endless(text: string): Generator<string> {
  yield open;
  for (;;) yield text;
}

describe('10,000 junk messages', () => {
  test('are counted, and then a press is read; the cursor is not reported for each', async () => {
    const lines = Array.from({ length: 10_000 }, (_, index) => junk(index));
    await using server = await serve(
      (_, outgoing) => void writeAll(outgoing, [open, ...lines, lineOf({ id: 'last', message: signed })]),
    );
    await using listening = startListening(server.url);
    await until('the open stream', () => listening.count('open') === 1);
    await until('the first thousand', () => listening.reports.length > 1000);
    const before = heapSize();
    await until('the press', () => listening.presses.length === 1);
    // What the test itself records are references to three texts.
    assert.ok(heapSize() - before < 3, `${heapSize() - before} MiB more`);
    assert.deepEqual([listening.count('malformed'), listening.count('signature')], [8000, 2000]);
    const cursors = listening.reports.filter((report) => report.startsWith('cursor'));
    assert.deepEqual(cursors, ['cursor junk00000000', 'cursor last']);
  });
});

describe('a stream without an end', () => {
  test('is read at a limited pace, and the rest waits at the server', async () => {
    const line = lineOf({ message: 'junk' });
    const began = performance.now();
    await using server = await serve((_, outgoing) => void writeAll(outgoing, endless(line.repeat(500))));
    await using listening = startListening(server.url);
    await sleep(3000);
    const count = listening.count('malformed');
    const seconds = (performance.now() - began) / 1000;
    assert.ok(count >= 4000, `${count} lines`);
    // 4,000 in each second, 4,000 at once, and what one piece has: two reads of 64 KiB.
    assert.ok(count <= 4000 * (seconds + 1) + 131_072 / line.length, `${count} lines in ${seconds} s`);
  });

  test('is read no longer than anything in it could have an effect', async () => {
    await using server = await serve((_, outgoing) => void writeAll(outgoing, endless('\n'.repeat(65_536))));
    await using listening = startListening(server.url, { maxBacklog: 0 });
    const failure = await listening.failure;
    assert.deepEqual(failure, { kind: 'protocol', message: `${server.host} sends more than is read` });
  });

  test('needs no memory for a line without an end', () => {
    let lines = 0;
    const split = splitLines(2048, { onLine: () => assert.fail(), onLongLine: () => (lines += 1) });
    const before = heapSize();
    for (let piece = 0; piece < 256; piece += 1) split(randomBytes(65_536).toString('hex'));
    assert.ok(heapSize() - before < 3, `${heapSize() - before} MiB more, of 32`);
    assert.equal(lines, 0);
    split('\n');
    assert.equal(lines, 1);
  });

  test('can be aborted while it is not read', async () => {
    await using server = await serve((_, outgoing) => void writeAll(outgoing, endless('\n'.repeat(65_536))));
    const listening = startListening(server.url);
    await until('the open stream', () => listening.count('open') === 1);
    await sleep(200);
    const began = performance.now();
    await listening.stop();
    assert.ok(performance.now() - began < 5000, 'the pause is ten seconds');
    assert.deepEqual(listening.reports, ['open']);
  });
});
