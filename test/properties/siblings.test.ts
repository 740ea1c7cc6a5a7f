import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { hashOf, HOUR, MINUTE, SECOND } from '../machines/fixtures.ts';
import { GUARDS } from '../support/poison.ts';
import { runs } from './property.ts';
import { applyStep } from './timeline.ts';
import { hashesOf } from './torrents.ts';
import { createModel } from './model.ts';
import type { Model } from './model.ts';

const [bad, good] = [0, 1];

function startTwo(): Model {
  const model = createModel();
  for (const n of [bad, good]) applyStep(model, { do: 'add', n, magnet: false, hooks: 1 });
  return model;
}

const impossible = () => {
  throw new Error('impossible');
};

const supervisorOf = ({ world }: Model) => world.run?.supervisor.getSnapshot();

/** The undisturbed torrent finishes in the same run of the process in which it started. */
async function finishGood(model: Model): Promise<void> {
  applyStep(model, { do: 'finish', n: good });
  await model.pass(MINUTE);
  assert.equal(model.phone.sounds.get('torrent 1, round 1'), 1);
  assert.equal(supervisorOf(model)?.status, 'active');
  assert.equal(model.world.starts.length, 1);
  assert.equal(model.calls.filter(({ to }) => to === 'login').length, 1);
  model.end(1);
}

test('a torrent whose actor throws in any state never affects another torrent', async () => {
  const arbitrary = fc.record({
    guard: fc.constantFrom(...GUARDS),
    ms: fc.constantFrom(0, 1500, 8 * SECOND),
    change: fc.constantFrom('finish', 'remove', 'advance'),
    hours: fc.constantFrom(0, 1),
  });
  const property = fc.asyncProperty(arbitrary, async ({ guard, ms, change, hours }) => {
    const model = startTwo();
    await model.pass(ms);
    model.poison(hashesOf(bad)[0], { guard, times: Infinity });
    applyStep(model, change === 'advance' ? { do: change, n: bad, by: 0.2 } : { do: change, n: bad });
    applyStep(model, { do: 'advance', n: good, by: 0.2 });
    await model.pass(MINUTE + hours * HOUR);
    await finishGood(model);
  });
  await fc.assert(property, { numRuns: runs(40) });
});

test('a torrent with an impossible entry from qBittorrent never affects another torrent', async () => {
  const model = startTwo();
  // After the scan, which reads more than the watcher does.
  await model.pass(500);
  const { qbittorrent } = model;
  const original = qbittorrent.answer.bind(qbittorrent);
  qbittorrent.answer = (select) => {
    const result = original(select);
    for (const torrent of result.ok ? result.value : [])
      if (torrent.hash === hashesOf(bad)[0]) Object.defineProperty(torrent, 'progress', { get: impossible });
    return result;
  };
  await model.pass(HOUR);
  await finishGood(model);
});

test('a flood of 5,000 unknown hashes is removed within minutes and never affects another torrent', async () => {
  const model = startTwo();
  await model.pass(10 * SECOND);
  for (let n = 0; n < 5000; n += 1) model.track(hashOf(1000 + n));
  await model.pass(8 * SECOND);
  applyStep(model, { do: 'remove', n: bad });
  await model.pass(3 * MINUTE);
  assert.equal(supervisorOf(model)?.context.registry.records.size, 1);
  await finishGood(model);
});
