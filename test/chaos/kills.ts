/** Kills and restarts the sidecar. */
import { setTimeout as sleep } from 'node:timers/promises';
import { atMoment } from './moments.ts';
import type { Moment } from './moments.ts';
import type { Stage } from './proxy.ts';
import type { Random } from './random.ts';
import type { Scene } from './scene.ts';
import { unexpectedEnd } from './sidecar.ts';

const KINDS = { kill: 85, term: 15 } as const;
const MOMENTS = { any: 40, hook: 10, scan: 5, progress: 15, completion: 20, deletion: 10 } as const;
const STAGES = { arrived: 1, answered: 1, delivered: 1 } as const;
/** Whether its kill is prepared while it starts, or later. */
const AGES = { starting: 25, running: 75 } as const;
const PAUSES = { none: 60, short: 25, long: 15 } as const;

/** Milliseconds. */
const LENGTHS = {
  none: { least: 0, most: 1 },
  short: { least: 100, most: 800 },
  long: { least: 1000, most: 3000 },
} as const;

/** Milliseconds: qBittorrent may be unavailable. */
const LOGIN_TIME_LIMIT = 20_000;

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
    if (age === 'running') await untilLoggedIn(scene);
    await sleep(age === 'starting' ? random.between(0, 600) : random.between(600, 3900));
    const signal = random.pick(KINDS) === 'kill' ? 'SIGKILL' : 'SIGTERM';
    const moment: Moment = age === 'starting' ? 'any' : random.pick(MOMENTS);
    const stage: Stage = random.pick(STAGES);
    const pause = random.pick(PAUSES);
    const length = random.between(LENGTHS[pause].least, LENGTHS[pause].most);
    await atMoment(scene, { moment, stage, timeLimit: 2500 }, (met) => {
      if (!sidecar.send(signal)) return;
      const when = moment === 'any' ? age : met ? `${moment} ${stage}` : `${moment} missed`;
      journal.note(
        signal,
        `process ${sidecar.current?.number} while ${when}, restarted after ${Math.round(length)} ms`,
      );
    });
    await sidecar.ended();
    noteUnexpectedEnd(scene);
    await sleep(length);
    sidecar.start();
    journal.note('start', `process ${sidecar.current?.number}`);
  }
}

/** Otherwise, on a slow machine, each process would be killed before it has sent a request. */
async function untilLoggedIn({ sidecar }: Scene): Promise<void> {
  const isLoggedIn = () => sidecar.current?.output.includes('logged in to qBittorrent') === true;
  for (let waited = 0; waited < LOGIN_TIME_LIMIT && !isLoggedIn(); waited += 100) await sleep(100);
}

/** Restarts the sidecar, as a process manager does, when it has ended by itself. */
export async function restartIfEnded(scene: Scene, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    const { current } = scene.sidecar;
    if (current !== undefined && current.endedAt !== null) {
      await scene.sidecar.ended();
      noteUnexpectedEnd(scene);
      scene.sidecar.start();
    }
    await sleep(200, undefined, { signal: over }).catch(() => {});
  }
}

function noteUnexpectedEnd({ sidecar: { current }, journal }: Scene): void {
  if (current === undefined) return;
  const unexpected = unexpectedEnd(current);
  if (unexpected !== null) journal.note('unexpected end', `process ${current.number} ${unexpected}`);
}
