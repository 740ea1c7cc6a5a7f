/** The states of a simulated torrent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import type { Scenario, QbittorrentOptions, TorrentSpec } from '../../src/simulator/index.ts';

const MB = 1_000_000;

/** A simulator whose time advances only by `pass`. */
async function start(options: QbittorrentOptions = {}) {
  let time = Date.UTC(2026, 0, 1);
  const simulator = await startQbittorrentSimulator({ bypassLocalAuth: true, ...options, now: () => time });
  return {
    simulator,
    pass: (seconds: number) => {
      time += seconds * 1000;
    },
    [Symbol.asyncDispose]: simulator.stop,
  };
}

/** The states of a torrent, polled each half second for a minute and a half. */
async function statesOf(spec: TorrentSpec): Promise<string[]> {
  await using stage = await start();
  stage.simulator.addTorrent({ size: 100 * MB, rate: 5 * MB, ...spec });
  const seen: string[] = [];
  for (let tick = 0; tick < 180; tick += 1) {
    const state = String(stage.simulator.torrents()[0]?.state ?? 'missing');
    if (seen.at(-1) !== state) seen.push(state);
    stage.pass(0.5);
  }
  return seen;
}

const begin = ['checkingResumeData', 'stalledDL', 'downloading'];
const scenarios: { scenario: Scenario; states: string[] }[] = [
  { scenario: 'smooth', states: [...begin, 'stalledUP'] },
  { scenario: 'magnet', states: ['metaDL', 'stalledDL', 'downloading', 'stalledUP'] },
  {
    scenario: 'mixed',
    states: 'metaDL stalledDL downloading stalledDL downloading moving checkingUP stalledUP'.split(' '),
  },
  { scenario: 'queued', states: ['checkingResumeData', 'queuedDL', 'stalledDL', 'downloading', 'stalledUP'] },
  { scenario: 'stalled', states: [...begin, 'stalledDL'] },
  { scenario: 'noMetadata', states: ['metaDL'] },
  { scenario: 'failing', states: [...begin, 'error'] },
  { scenario: 'recovering', states: [...begin, 'error', 'downloading', 'stalledUP'] },
  { scenario: 'removed', states: [...begin, 'missing'] },
  { scenario: 'instant', states: ['checkingResumeData', 'checkingDL', 'stalledUP'] },
];

test('every scenario has its sequence of states', async () => {
  for (const { scenario, states } of scenarios)
    assert.deepEqual(await statesOf({ scenario }), states, scenario);
});

test('a download progresses at a varying speed, and ends with all of its bytes', async () => {
  await using stage = await start();
  stage.simulator.addTorrent({ size: 100 * MB, rate: 5 * MB });
  const speeds = new Set<unknown>();
  let last = 0;
  for (let tick = 0; tick < 120; tick += 1) {
    const [torrent] = stage.simulator.torrents();
    assert.ok(Number(torrent?.progress) >= last);
    last = Number(torrent?.progress);
    if (torrent?.state === 'downloading') speeds.add(torrent.dlspeed);
    stage.pass(0.5);
  }
  const [torrent] = stage.simulator.torrents();
  assert.deepEqual([torrent?.completed, torrent?.downloaded, torrent?.amount_left], [100 * MB, 100 * MB, 0]);
  assert.ok(speeds.size > 10);
});

/** The state of a bumpy download after 32 seconds, polled this many times before. */
async function arrive(polls: number): Promise<unknown[]> {
  await using stage = await start();
  stage.simulator.addTorrent({ scenario: 'mixed', hash: 'a'.repeat(40) });
  for (let poll = 0; poll < polls; poll += 1) {
    stage.pass(32 / polls);
    stage.simulator.torrents();
  }
  const [torrent] = stage.simulator.torrents();
  return [torrent?.state, torrent?.completion_on];
}

test('the result is the same for one large step of time as for many small ones', async () => {
  assert.deepEqual(await arrive(1), await arrive(64));
});

test('a complete torrent that is checked shows the progress of the check', async () => {
  await using stage = await start();
  const script = [{ phase: 'complete' } as const];
  const hash = stage.simulator.addTorrent({ script });
  stage.simulator.play(hash, [{ phase: 'checking', seconds: 10 }, { phase: 'complete' }]);
  stage.pass(4);
  const [checking] = stage.simulator.torrents();
  assert.deepEqual([checking?.state, checking?.progress], ['checkingUP', 0.4]);
});

test('a stopped torrent does not change until it is started again', async () => {
  await using stage = await start();
  const hash = stage.simulator.addTorrent({ size: 100 * MB, rate: 5 * MB });
  const post = (action: string) =>
    fetch(`${stage.simulator.url}/api/v2/torrents/${action}`, {
      method: 'POST',
      body: new URLSearchParams({ hashes: hash }),
    });
  stage.pass(5);
  await post('stop');
  const [before] = stage.simulator.torrents();
  stage.pass(1000);
  const [stopped] = stage.simulator.torrents();
  assert.deepEqual([stopped?.state, stopped?.progress], ['stoppedDL', before?.progress]);
  await post('start');
  stage.pass(100);
  assert.equal(stage.simulator.torrents()[0]?.state, 'stalledUP');
});

test('the hooks of adding and finishing run once each, and their exceptions have no effect', async () => {
  const calls: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  await using simulator = await startQbittorrentSimulator({
    hook: (hash) => {
      calls.push(`added ${hash}`);
      throw new Error('exit status 1');
    },
    finishedHook: (hash) => {
      calls.push(`finished ${hash}`);
      resolve();
    },
  });
  const hash = simulator.addTorrent({ script: [{ phase: 'downloading' }, { phase: 'complete' }], size: 1 });
  assert.throws(() => simulator.addTorrent({ hash }), /already/);
  await promise;
  assert.deepEqual(calls, [`added ${hash}`, `finished ${hash}`]);
});

test('a hybrid is listed under another ID when it gets its metadata, and keeps its v1 hash', async () => {
  await using stage = await start();
  const [old, id] = ['1'.repeat(40), '2'.repeat(40)];
  stage.simulator.addTorrent({ hash: old, scenario: 'noMetadata' });
  stage.simulator.changeId(old, id);
  const [torrent] = stage.simulator.torrents();
  assert.deepEqual([torrent?.hash, torrent?.infohash_v1], [id, old]);
  assert.ok(String(torrent?.infohash_v2).startsWith(id));
  assert.equal(String(torrent?.infohash_v2).length, 64);
});

test('a v2 torrent has no v1 hash', async () => {
  await using stage = await start();
  const hash = stage.simulator.addTorrent({ kind: 'v2' });
  const [torrent] = stage.simulator.torrents();
  assert.equal(torrent?.infohash_v1, '');
  assert.ok(String(torrent?.infohash_v2).startsWith(hash));
});
