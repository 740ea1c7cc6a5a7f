/** When quiet hours end: timers, a suspended computer, and clocks that are set. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hashOf, HOUR, MINUTE } from '../fixtures.ts';
import { timersOf } from '../harness.ts';
import { startWorld } from '../../support/world.ts';
import {
  digestsOf,
  download,
  EVENING,
  finish,
  heard,
  listed,
  loseNtfy,
  recover,
  stall,
  startNight,
  stateOf,
} from './nights.ts';
import type { Night } from './nights.ts';

const [first, second] = [hashOf(1), hashOf(2)];

const timers = ({ clock }: Pick<Night, 'clock'>): number => timersOf(clock).length;

/** A night in which a completion waits for the morning, and nothing is tracked. */
async function startPending(options: Parameters<typeof startNight>[0] = {}): Promise<Night> {
  const night = startNight(options);
  await night.until('23:00');
  await download(night, first, 'a.iso');
  await finish(night, first);
  await night.pass(5 * MINUTE);
  assert.deepEqual(night.records(), []);
  return night;
}

describe('timers', () => {
  test('there is one while a digest is pending, and none otherwise', async () => {
    const idle = startWorld({ skew: EVENING });
    await idle.pass(MINUTE);
    const without = timers(idle);

    const night = startNight();
    await night.until('22:30');
    assert.equal(timers(night), without, 'quiet hours, nothing pending');
    await download(night, first, 'a.iso');
    await finish(night, first);
    await night.pass(5 * MINUTE);
    assert.equal(timers(night), without + 1, 'pending');
    await night.until('07:05');
    assert.equal(timers(night), without, 'sent');
  });

  test('the last alert that is over ends the timer at once', async () => {
    const night = startNight();
    await night.until('23:00');
    await download(night, first, 'a.iso');
    await stall(night, first);
    assert.equal(stateOf(night), 'waiting');
    await recover(night, first);
    assert.equal(stateOf(night), 'idle');
  });

  test('there is none while ntfy is away in the morning, apart from the pause of the outbox', async () => {
    const night = await startPending();
    await night.until('06:30');
    loseNtfy(night);
    await night.until('07:30');
    assert.equal(stateOf(night), 'sending');
    assert.equal(timers(night), 1);
  });
});

describe('the digest is sent within a minute', () => {
  test('after a computer was suspended over the end of the quiet hours', async () => {
    const night = await startPending();
    // The clock goes on, the timers do not.
    night.script.skew += 9 * HOUR;
    await night.pass(61_000);
    assert.deepEqual(heard(night), ['digest']);
  });

  test('after the clock was set forward', async () => {
    const night = await startPending();
    await night.until('06:00');
    night.script.skew += 61 * MINUTE;
    await night.pass(61_000);
    assert.deepEqual(heard(night), ['digest']);
  });

  test('of the end by the new time, if the clock was set back', async () => {
    const night = await startPending();
    await night.until('06:30');
    night.script.skew -= HOUR;
    await night.until('06:59');
    assert.deepEqual(heard(night), []);
    await night.pass(2 * MINUTE);
    assert.deepEqual(heard(night), ['digest']);
  });
});

test('after the clock was set back, the next digest is another card, which makes a sound', async () => {
  const night = await startPending();
  await night.until('07:02');
  night.script.skew -= HOUR;
  await download(night, second, 'b.iso');
  await finish(night, second);
  await night.until('07:02');
  assert.deepEqual(heard(night), ['digest', 'digest']);
  assert.equal(new Set(digestsOf(night).map(({ sequence }) => sequence)).size, 2);
});

describe('at night, when daylight saving', () => {
  const nights = [
    ['begins in Europe/Berlin', 'Europe/Berlin', '2026-03-28T20:00Z', '2026-03-29T05:00Z'],
    ['ends in Europe/Berlin', 'Europe/Berlin', '2026-10-24T19:00Z', '2026-10-25T06:00Z'],
    ['begins in America/New_York', 'America/New_York', '2026-03-08T02:00Z', '2026-03-08T11:00Z'],
    ['ends in America/New_York', 'America/New_York', '2026-11-01T01:00Z', '2026-11-01T12:00Z'],
  ] as const;
  for (const [what, timeZone, evening, end] of nights)
    test(`${what}, the digest is sent at seven`, async () => {
      const night = startNight({ timeZone, skew: Date.parse(evening) });
      await night.pass(2 * HOUR);
      await download(night, first, 'a.iso');
      await finish(night, first);
      await night.pass(Date.parse(end) - night.now() - 1000);
      assert.deepEqual(digestsOf(night), []);
      await night.pass(MINUTE);
      assert.deepEqual(heard(night), ['digest']);
    });

  for (const [what, timeZone, evening, end] of nights)
    test(`${what}, a sidecar that is started again sends the digest of before at seven`, async () => {
      const before = startNight({ timeZone, skew: Date.parse(evening) });
      await before.pass(2 * HOUR);
      await download(before, first, 'a.iso');
      await finish(before, first);
      const stored = before.saved.at(-1);
      assert.ok(stored);
      before.supervisor.stop();
      // Two hours before the end: the clock has been changed.
      const night = startNight({ timeZone, stored, skew: Date.parse(end) - 2 * HOUR });
      await night.pass(2 * HOUR - 1000);
      assert.deepEqual(digestsOf(night), []);
      await night.pass(MINUTE);
      assert.deepEqual(listed(night), [['completion a.iso']]);
      assert.deepEqual(heard(night), ['digest']);
    });
});
