import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { TorrentRecord } from '../../machines/domain.ts';
import {
  endedTorrent,
  endOfRun,
  entriesOf,
  hashOf,
  open,
  passTime,
  recordAt,
  REOPEN_INTERVAL,
  tempDir,
} from './fixtures.ts';
import { mulberry32 } from '../mulberry32.ts';

/** SQLite's result codes: full, an I/O error. */
const FAULTS = [13, 10] as const;
/** Rarely: a disk that damages each file is given up. */
const DAMAGED = 11;

/** Makes writes fail with a result code of SQLite; `null`: they succeed. */
function breakDisk(t: TestContext): (code: number | null) => void {
  let fault: number | null = null;
  const exec = Object.getOwnPropertyDescriptor(DatabaseSync.prototype, 'exec')?.value as (
    sql: string,
  ) => void;
  t.mock.method(DatabaseSync.prototype, 'exec', function (this: DatabaseSync, sql: string) {
    if (sql === 'COMMIT' && fault !== null) throw Object.assign(new Error('broken'), { errcode: fault });
    exec.call(this, sql);
  });
  return (code) => (fault = code);
}

/** What has to be stored at the end. */
interface Model {
  records: Map<string, TorrentRecord>;
  facts: Map<string, unknown>;
  /** How many torrents have ended. */
  ended: number;
}

/** The newest first. */
const endedUntil = (count: number) =>
  Array.from({ length: Math.min(count, 1000) }, (_, index) => endedTorrent(count - index));

type Random = (below: number) => number;

/** Any change of a few torrents and facts. */
function change(model: Model, store: ReturnType<typeof open>['store'], pick: Random): void {
  const { records, facts } = model;
  const index = pick(12);
  const before = records.get(hashOf(index));
  switch (pick(6)) {
    case 5: {
      model.ended += 1;
      store.history.add(endedTorrent(model.ended));
      return;
    }
    case 0: {
      records.delete(hashOf(index));
      store.delete(hashOf(index));
      return;
    }
    case 1: {
      const value = pick(3) === 0 ? undefined : pick(4);
      if (value === undefined) facts.delete(`${index}`);
      else facts.set(`${index}`, value);
      store.setFact(`${index}`, value);
      return;
    }
    default: {
      const stage = (['tracked', 'completing', 'completed'] as const)[pick(3)] ?? 'tracked';
      const shown = pick(2) === 0 ? null : ({ percent: pick(100), phase: 'moving' } as const);
      const record = { ...(before && pick(2) === 0 ? before : recordAt(index, stage)), shown };
      records.set(record.key, record);
      store.save(record);
    }
  }
}

for (let seed = 1; seed <= 40; seed += 1) {
  test(`whatever is saved and however the disk fails, everything is stored once the disk works (${seed})`, async (t) => {
    const [dir, random, setFault] = [tempDir(t), mulberry32(seed), breakDisk(t)];
    const pick: Random = (below) => Math.floor(random() * below);
    const model: Model = { records: new Map(), facts: new Map(), ended: 0 };
    for (let round = 0; round < 5; round += 1) {
      const { store } = open(dir);
      assert.deepEqual(new Map(store.records.map((record) => [record.key, record])), model.records);
      assert.deepEqual(new Map(store.facts), model.facts);
      assert.deepEqual(entriesOf(store), endedUntil(model.ended));
      for (let step = 0; step < 150; step += 1) {
        change(model, store, pick);
        if (pick(3) === 0) await endOfRun();
        if (pick(20) === 0) setFault(FAULTS[pick(3)] ?? null);
        if (step === 75) setFault(DAMAGED);
        if (step === 76) setFault(null);
        if (pick(30) === 0) passTime(t, REOPEN_INTERVAL * (round + 1) * 150 + REOPEN_INTERVAL * step);
        if (pick(100) === 0) rmSync(dir, { recursive: true, force: true });
        if (pick(20) === 0) assert.deepEqual(entriesOf(store), endedUntil(model.ended));
      }
      setFault(null);
      store.close();
    }
  });
}
