import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Phase } from '../../machines/domain.ts';
import { phaseOf } from '../../src/qbittorrent/phase.ts';

/** Every state of qBittorrent 4.1 to 5.3, by its `serialize_torrent.cpp`. */
const STATES: Record<string, Phase> = {
  metaDL: 'metadata',
  forcedMetaDL: 'metadata',
  queuedDL: 'queued',
  downloading: 'downloading',
  forcedDL: 'downloading',
  stalledDL: 'stalled',
  pausedDL: 'stopped',
  stoppedDL: 'stopped',
  checkingDL: 'checking',
  checkingUP: 'checking',
  queuedForChecking: 'checking',
  moving: 'moving',
  missingFiles: 'failed',
  error: 'failed',
  uploading: 'complete',
  stalledUP: 'complete',
  queuedUP: 'complete',
  forcedUP: 'complete',
  pausedUP: 'complete',
  stoppedUP: 'complete',
  checkingResumeData: 'unknown',
  allocating: 'unknown',
  unknown: 'unknown',
};

describe("qBittorrent's state", () => {
  for (const [state, phase] of Object.entries(STATES)) {
    test(`${state} means ${phase}`, () => assert.equal(phaseOf(state, 1), phase));
  }

  test('is not complete where no file is selected', () => {
    const finished = Object.keys(STATES).filter((state) => phaseOf(state, 1) === 'complete');
    for (const state of finished) assert.equal(phaseOf(state, 0), 'unselected');
    assert.equal(phaseOf('stoppedDL', 0), 'stopped');
    assert.equal(phaseOf('metaDL', 0), 'metadata');
  });

  test('is complete only where the torrent seeds, never while it is checked or moved', () => {
    const complete = Object.keys(STATES).filter((state) => phaseOf(state, 1) === 'complete');
    assert.deepEqual(complete.toSorted(), [
      'forcedUP',
      'pausedUP',
      'queuedUP',
      'stalledUP',
      'stoppedUP',
      'uploading',
    ]);
  });

  for (const state of [
    '',
    'DOWNLOADING',
    'stalledup',
    ' stalledUP',
    'stalledUP\n',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'a state of version 6',
  ]) {
    test(`${JSON.stringify(state)} is unknown, and decides nothing`, () =>
      assert.equal(phaseOf(state, 1), 'unknown'));
  }
});
