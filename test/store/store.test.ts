import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
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

/** Names with characters that need escaping. */
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

describe('a restart', () => {
  test('keeps the tracked torrents, unchanged and in their order', (t) => {
    const dir = tempDir(t);
    const records = [
      completing(7),
      following(3, { shown: { percent: 42, phase: 'stalled' }, alert: 'stalled', hash: hashOf(99) }),
      following(1, { stage: 'completed' }),
      following(2, { stage: 'removed' }),
    ];
    fill(dir, records);
    const { records: stored, health } = reopen(dir);
    assert.deepEqual(stored, records);
    assert.deepEqual(health, { kind: 'disk', problem: null });
  });

  test('keeps the last record of a torrent, in its old place', (t) => {
    const dir = tempDir(t);
    fill(dir, [following(1), following(2)]);
    fill(dir, [completing(1)]);
    assert.deepEqual(reopen(dir).records, [completing(1), following(2)]);
  });

  test('does not bring back a deleted torrent', (t) => {
    const dir = tempDir(t);
    fill(dir, [following(1), completing(2)]);
    const { store } = open(dir);
    store.delete(hashOf(2));
    store.delete(hashOf(5));
    store.close();
    assert.deepEqual(reopen(dir).records, [following(1)]);
  });

  test('keeps the facts until they are deleted', (t) => {
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

  test('loses only a fact that JSON cannot represent', (t) => {
    const dir = tempDir(t);
    const circle: unknown[] = [];
    circle.push(circle);
    fill(dir, [following(1)], { circle, big: 1n, call: () => {}, fine: true });
    assert.deepEqual(reopen(dir).facts, new Map([['fine', true]]));
  });

  test('keeps names with any characters unchanged', (t) => {
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

  test('ignores only the record whose key is not a hash', (t) => {
    const dir = tempDir(t);
    fill(dir, [...hostile.map((key) => following(1, { key })), following(2)]);
    assert.deepEqual(reopen(dir).records, [following(2)]);
  });

  test('ignores a record under the key of another torrent', (t) => {
    const dir = tempDir(t);
    fill(dir, [following(2)]);
    const [name, value] = [hashOf(1), JSON.stringify(following(3))];
    withFile(dir, (file) => {
      file.prepare('INSERT INTO records VALUES (?, ?, ?)').run(name, value, crc32(value, crc32(name)));
    });
    assert.deepEqual(reopen(dir).records, [following(2)]);
  });

  test('keeps twenty thousand torrents', (t) => {
    const dir = tempDir(t);
    const records = Array.from({ length: 20_000 }, (_, index) => completing(index));
    fill(dir, records);
    assert.deepEqual(reopen(dir).records, records);
  });
});

describe('the folder', () => {
  test('is created, and private', (t) => {
    const dir = join(tempDir(t), 'state');
    const { store } = open(dir);
    store.save(completing(1));
    assert.equal(statSync(dir).mode & 0o777, 0o700);
    for (const name of readdirSync(dir)) assert.equal(statSync(join(dir, name)).mode & 0o777, 0o600, name);
    assert.deepEqual(readdirSync(dir).toSorted(), ['sidecar.sqlite', 'sidecar.sqlite-wal']);
    store.close();
  });

  test('contains one file between two runs', (t) => {
    const dir = tempDir(t);
    fill(dir, [following(1)]);
    assert.deepEqual(readdirSync(dir), ['sidecar.sqlite']);
  });
});

describe('without a folder', () => {
  test('one log line names the consequence, and the store works in memory', async () => {
    const { store, lines, problems } = open(null);
    store.save(completing(1));
    store.setFact('incident', true);
    store.delete(hashOf(1));
    store.close();
    await endOfRun();
    assert.equal(lines.length, 1);
    assert.match(
      lines[0]?.message ?? '',
      /no notification is sent for a download that finishes while the sidecar restarts/,
    );
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
    store.delete(hashOf(1));
    store.setFact('late', true);
    store.close();
    assert.deepEqual(reopen(dir).records, [following(1)]);
    assert.equal(reopen(dir).facts.size, 0);
  });
});
