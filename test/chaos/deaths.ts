/** The lane that kills the sidecar. */
import { setTimeout as sleep } from 'node:timers/promises';
import { atMoment } from './moments.ts';
import type { Moment } from './moments.ts';
import type { Stage } from './proxy.ts';
import type { Random } from './random.ts';
import type { Scene } from './scene.ts';
import { unexpectedEnd } from './sidecar.ts';

const KINDS = { kill: 85, term: 15 } as const;
const MOMENTS = { any: 40, hook: 10, scan: 5, progress: 15, completion: 20, deletion: 10 } as const;
const STAGES = { arrived: 1, taken: 1, delivered: 1 } as const;
/** How long it has run before its kill is prepared: while it starts, or later. */
const AGES = { starting: 25, grown: 75 } as const;
const PAUSES = { none: 60, short: 25, long: 15 } as const;

/** Milliseconds. */
const LENGTHS = {
  none: { least: 0, most: 1 },
  short: { least: 100, most: 800 },
  long: { least: 1000, most: 3000 },
} as const;

/**
 * Kills the sidecar until it was ended this often by SIGKILL; in between it receives SIGTERM. It runs when this
 * resolves.
 */
export async function killRepeatedly(
  scene: Scene,
  random: Random,
  kills: number,
  over: AbortSignal,
): Promise<void> {
  const { sidecar, journal } = scene;
  while (journal.count('SIGKILL') < kills && !over.aborted) {
    const age = random.pick(AGES);
    await sleep(age === 'starting' ? random.between(0, 600) : random.between(1200, 4500));
    const signal = random.pick(KINDS) === 'kill' ? 'SIGKILL' : 'SIGTERM';
    const moment: Moment = age === 'starting' ? 'any' : random.pick(MOMENTS);
    const stage: Stage = random.pick(STAGES);
    const pause = random.pick(PAUSES);
    const length = random.between(LENGTHS[pause].least, LENGTHS[pause].most);
    await atMoment(scene, { moment, stage, timeLimit: 2500 }, (met) => {
      if (!sidecar.send(signal)) return;
      const when = moment === 'any' ? age : met ? `${moment} ${stage}` : `${moment} missed`;
      journal.note(signal, `life ${sidecar.life?.number} while ${when}, back after ${Math.round(length)} ms`);
    });
    await sidecar.ended();
    noteOwnEnd(scene);
    await sleep(length);
    sidecar.start();
    journal.note('start', `life ${sidecar.life?.number}`);
  }
}

/** Does what a process manager does: starts a new life after one that ended by itself. */
export async function reviveIfDead(scene: Scene, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    const { life } = scene.sidecar;
    if (life !== undefined && life.endedAt !== null) {
      await scene.sidecar.ended();
      noteOwnEnd(scene);
      scene.sidecar.start();
    }
    await sleep(200, undefined, { signal: over }).catch(() => {});
  }
}

function noteOwnEnd({ sidecar: { life }, journal }: Scene): void {
  if (life === undefined) return;
  const unexpected = unexpectedEnd(life);
  if (unexpected !== null) journal.note('unexpected end', `life ${life.number} ${unexpected}`);
}
