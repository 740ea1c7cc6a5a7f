import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TorrentRecord } from '../../machines/types.ts';
import {
  completing,
  endOfRun,
  fill,
  following,
  hashOf,
  observation,
  open,
  reopen,
  tempDir,
  withFile,
} from './fixtures.ts';

/** Names that break what is not careful. */
const hostile = [
  'a\u0000b',
  'x'.repeat(10_240),
  'half \ud83d of a pair',
  '\udc00',
  "'; DROP TABLE records; --",
  '{"key":"',
  '\u202e\r\n\u001b[2J',
  '__proto__',
  '',
];

describe('what survives a restart', () => {
  test('are the torrents that are followed, as they were, in the order in which they came', (t) => {
    const dir = tempDir(t);
    const records = [
      completing(7),
      following(3, { told: { percent: 42, phase: 'stalled' }, alert: 'stalled', hash: hashOf(99) }),
      following(1, { stage: 'dismissing' }),
      following(2, { stage: 'withdrawing' }),
    ];
    fill(dir, records);
    const { records: kept, health } = reopen(dir);
    assert.deepEqual(kept, records);
    assert.deepEqual(health, { kind: 'disk', problem: null });
  });

  test('is the last that was said of a torrent, in its old place', (t) => {
    const dir = tempDir(t);
    fill(dir, [following(1), following(2)]);
    fill(dir, [completing(1)]);
    assert.deepEqual(reopen(dir).records, [completing(1), following(2)]);
  });

  test('is nothing of a torrent that was dropped', (t) => {
    const dir = tempDir(t);
    fill(dir, [following(1), completing(2)]);
    const { store } = open(dir);
    store.drop(hashOf(2));
    store.drop(hashOf(5));
    store.close();
    assert.deepEqual(reopen(dir).records, [following(1)]);
  });

  test('are the facts, until they are taken back', (t) => {
    const dir = tempDir(t);
    fill(dir, [], { incident: { kind: 'banned' }, count: 3, nothing: null, gone: true });
    fill(dir, [], { gone: undefined, count: 4 });
    assert.deepEqual(
      reopen(dir).facts,
      new Map<string, unknown>([
        ['incident', { kind: 'banned' }],
        ['count', 4],
        ['nothing', null],
      ]),
    );
  });

  test('a fact that can not be written down is none, and harms nothing', (t) => {
    const dir = tempDir(t);
    const circle: unknown[] = [];
    circle.push(circle);
    fill(dir, [following(1)], { circle, big: 1n, call: () => {}, fine: true });
    assert.deepEqual(reopen(dir).facts, new Map([['fine', true]]));
  });

  test('names that try everything come back as they were', (t) => {
    const dir = tempDir(t);
    const records = hostile.map((name, index) =>
      completing(index, { finished: observation(index, { name }) }),
    );
    fill(dir, records, Object.fromEntries(hostile.map((name) => [name, name])));
    const { store } = open(dir);
    for (const name of hostile) store.setFact(name, [name]);
    store.close();
    const kept = reopen(dir);
    assert.deepEqual(kept.records, records);
    assert.deepEqual([...kept.facts.keys()].toSorted(), hostile.toSorted());
    for (const name of hostile) assert.deepEqual(kept.facts.get(name), [name]);
  });

  test('a record whose key is no hash is left out, and no other one is', (t) => {
    const dir = tempDir(t);
    fill(dir, [...hostile.map((key) => following(1, { key })), following(2)]);
    assert.deepEqual(reopen(dir).records, [following(2)]);
  });

  test('twenty thousand torrents are there again', (t) => {
    const dir = tempDir(t);
    const records = Array.from({ length: 20_000 }, (_, index) => completing(index));
    fill(dir, records);
    assert.deepEqual(reopen(dir).records, records);
  });
});

describe('a record of another version', () => {
  test('keeps the fields that this one does not know', (t) => {
    const dir = tempDir(t);
    const { finished } = completing(1);
    const record = { ...completing(1), mood: 'good', finished: finished && { ...finished, seeds: 3 } };
    fill(dir, [record]);
    assert.deepEqual(reopen(dir).records, [record]);
  });

  test('gets the fields that it did not have', (t) => {
    const dir = tempDir(t);
    const older = { ...following(1), alert: undefined };
    fill(dir, [older as unknown as TorrentRecord]);
    assert.deepEqual(reopen(dir).records, [following(1)]);
  });

  test('loses only what can not be understood', (t) => {
    const dir = tempDir(t);
    const odd = { ...following(1), told: { percent: 50, phase: 'dancing' }, alert: 'bored', since: null };
    fill(dir, [odd as unknown as TorrentRecord]);
    assert.deepEqual(reopen(dir).records, [
      following(1, { told: { percent: 50, phase: 'unknown' }, since: 0 }),
    ]);
  });

  test('that is complete but does not say what is looked for once more', (t) => {
    const dir = tempDir(t);
    fill(dir, [completing(1, { finished: null })]);
    assert.deepEqual(reopen(dir).records, [following(1)]);
  });

  test('is left out, counted in one line and left in the file, when its stage is unknown', (t) => {
    const dir = tempDir(t);
    const odd = { ...following(1), stage: 'dreaming' } as unknown as TorrentRecord;
    fill(dir, [odd, { ...odd, key: hashOf(3) }, following(2)]);
    const { store, lines } = open(dir);
    store.close();
    assert.deepEqual(store.records, [following(2)]);
    assert.deepEqual(store.health, { kind: 'disk', problem: null });
    assert.deepEqual(
      lines.map(({ level, ...line }) => ({ level, count: 'count' in line && line.count })),
      [{ level: 'warn', count: 2 }],
    );
    assert.equal(
      withFile(dir, (file) => file.prepare('SELECT count(*) n FROM records').get()?.['n']),
      3,
    );
  });
});

describe('the folder', () => {
  test('is made, and nobody else may look into it', (t) => {
    const dir = join(tempDir(t), 'state');
    const { store } = open(dir);
    store.save(completing(1));
    assert.equal(statSync(dir).mode & 0o777, 0o700);
    for (const name of readdirSync(dir)) assert.equal(statSync(join(dir, name)).mode & 0o777, 0o600, name);
    assert.deepEqual(readdirSync(dir).toSorted(), ['sidecar.sqlite', 'sidecar.sqlite-wal']);
    store.close();
  });

  test('holds one file between two runs', (t) => {
    const dir = tempDir(t);
    fill(dir, [following(1)]);
    assert.deepEqual(readdirSync(dir), ['sidecar.sqlite']);
  });
});

describe('without a folder', () => {
  test('one line says what that costs, and all goes on in memory', async () => {
    const { store, lines, problems } = open(null);
    store.save(completing(1));
    store.setFact('incident', true);
    store.drop(hashOf(1));
    store.close();
    await endOfRun();
    assert.equal(lines.length, 1);
    assert.match(lines[0]?.message ?? '', /a download that finishes while the sidecar restarts is not told/);
    assert.deepEqual(store.health, { kind: 'memory', problem: null });
    assert.deepEqual([store.records, store.facts.size, problems], [[], 0, []]);
  });
});

describe('after close', () => {
  test('nothing is written and nothing throws', (t) => {
    const dir = tempDir(t);
    const { store } = open(dir);
    store.save(following(1));
    store.close();
    store.save(completing(2));
    store.drop(hashOf(1));
    store.setFact('late', true);
    store.close();
    assert.deepEqual(reopen(dir).records, [following(1)]);
    assert.equal(reopen(dir).facts.size, 0);
  });
});
