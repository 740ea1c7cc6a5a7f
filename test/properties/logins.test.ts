import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE } from '../machines/fixtures.ts';
import { holds } from './property.ts';
import type { Model } from './model.ts';

const WINDOW = 10 * MINUTE;
/** Pauses double from 1 s to 60 s; a session that lasted a minute resets them. */
const MAX_LOGINS = 30;
/** The additional logins of a process that starts again: pauses are not stored. */
const MAX_LOGINS_PER_START = 8;

const within = (times: readonly number[], from: number, to: number) =>
  times.filter((time) => time >= from && time < to).length;

function tooManyLogins({ calls, world }: Model): string[] {
  const logins = calls.flatMap(({ to, at }) => (to === 'login' ? [at] : []));
  return logins.flatMap((from) => {
    const count = within(logins, from, from + WINDOW);
    const starts = within(world.starts, from - 1, from + WINDOW);
    return count > MAX_LOGINS + MAX_LOGINS_PER_START * starts
      ? [`${count} logins in ten minutes, ${starts} starts`]
      : [];
  });
}

test('after any timeline the number of logins is limited', async () => {
  await holds({ runs: 150, without: ['bug'], check: (model) => assert.deepEqual(tooManyLogins(model), []) });
});

/** Logins within ten minutes of the one before, in the same run of the process. */
function earlyLogins({ calls, world }: Model): number[] {
  const logins = calls.flatMap(({ to, at }) => (to === 'login' ? [at] : []));
  return logins.filter((at, index) => {
    const before = logins[index - 1];
    return before !== undefined && at - before < WINDOW && within(world.starts, before + 1, at + 1) === 0;
  });
}

test('a rejected password is tried once in ten minutes and once by each start of the process', async () => {
  await holds({
    runs: 100,
    without: ['qbit', 'bug'],
    before: ({ qbittorrent }) => {
      qbittorrent.state.fault = { fault: 'unauthorized', requests: ['login'], until: Infinity };
    },
    settles: false,
    check: (model) => assert.deepEqual(earlyLogins(model), []),
  });
});
