/** The arithmetic of the bench: a wrong measurement would not be noticed. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readShipped } from '../src/development/shipped.ts';
import { atMostTimes } from './bench/lib/figure.ts';
import { BUDGET, createBucket, NTFY } from './bench/lib/bucket.ts';
import type { Bucket } from './bench/lib/bucket.ts';
import { cpuBetween } from './bench/lib/proc.ts';
import type { CpuReading } from './bench/lib/proc.ts';
import { readHealthcheck } from './bench/lib/healthcheck.ts';
import { launch } from './bench/lib/subjects.ts';
import { table } from './bench/lib/table.ts';
import { removeFolder, temporaryFolder } from './servers/processes.ts';
import { until } from './servers/wait.ts';

describe('a measured process', () => {
  test('is started like the image: with its flags and environment, and without the time zone of the tests', async () => {
    const home = temporaryFolder('bench-test');
    const file = join(home, 'environment.mjs');
    writeFileSync(file, 'console.log(JSON.stringify([process.env, process.execArgv]))');
    const subject = launch({ file }, home);
    await until('it has printed', () => subject.ended() !== null && subject.output().endsWith('\n'));
    const [env, flags] = JSON.parse(subject.output()) as [Record<string, string>, string[]];
    await removeFolder(home);
    assert.equal(env['NODE_ENV'], 'production');
    assert.equal(env['STATE_DIR'], home);
    for (const name of ['TZ', 'LANG']) assert.equal(env[name], undefined);
    assert.equal(flags.length, readShipped().flags.length);
  });

  test('has the health check of the image', () => {
    const { args, interval } = readHealthcheck();
    assert.match(interval, /^\d+s$/);
    assert.equal(args.at(-1), 'healthcheck');
  });
});

const reading = (threads: Record<string, number>, coarse: number): CpuReading => ({
  threads: new Map(Object.entries(threads)),
  coarse,
});

describe('CPU time between two readings', () => {
  test('is exact while all threads run, and counts a new one from its start', () => {
    const before = reading({ main: 5_000_000 }, 10);
    assert.equal(cpuBetween(before, reading({ main: 6_500_000, other: 500_000 }, 20)), 2);
  });

  test('is the coarse one when an ended thread had used much', () => {
    const before = reading({ main: 0, worker: 90_000_000 }, 90);
    assert.equal(cpuBetween(before, reading({ main: 1_000_000 }, 190)), 100);
  });
});

const passed = (bucket: Bucket, times: readonly number[]) => times.filter(bucket).length;
const at = (now: number, count: number) => Array.from({ length: count }, () => now);

describe('a bucket', () => {
  test("has ntfy's limit: 60 at once, then one each 5 s", () => {
    const bucket = createBucket(NTFY);
    assert.equal(passed(bucket, at(0, 100)), 60);
    assert.equal(passed(bucket, at(4999, 10)), 0);
    assert.equal(passed(bucket, at(5000, 10)), 1);
    assert.equal(passed(bucket, at(3_600_000, 100)), 60);
  });

  test('of the sidecar never has more tokens than that of ntfy', () => {
    const [ours, theirs] = [createBucket(BUDGET), createBucket(NTFY)];
    for (let now = 0; now < 600_000; now += 500) assert.ok(!ours(now) || theirs(now), `at ${now} ms`);
  });
});

test('a row beside a peer has the ratio of the medians, and whether the target is met', () => {
  const peer = { what: 'a peer', runs: [10, 20, 30] };
  const row = (runs: number[]) => atMostTimes(0.5, 'half', { what: 'cost', unit: 'ms', runs, peer });
  assert.match(table([row([1, 8, 100])]), /\| 8 ms \(3 runs: 1 to 100\) \|.*\| 0\.4 \| half \| yes \|/);
  assert.match(table([row([11])]), /\| 0\.55 \| half \| \*\*no\*\* \|/);
  const idle = { what: 'an idle process', runs: [0] };
  assert.match(
    table([atMostTimes(2, 'twice', { what: 'wake-ups', unit: 'count', runs: [0], peer: idle })]),
    /\| twice \| yes \|/,
  );
});
