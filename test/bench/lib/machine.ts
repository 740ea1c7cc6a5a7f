/** The machine of a measurement, and its load. */
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  cores: number;
  model: string;
  /** GB. */
  memory: number;
  system: string;
  node: string;
}

export function describeMachine(): Machine {
  return {
    cores: availableParallelism(),
    model: cpus()[0]?.model ?? 'unknown',
    memory: Math.round(totalmem() / 1e9),
    system: `${process.platform} ${release().split('-')[0]} ${process.arch}`,
    node: process.version,
  };
}

/** Runnable processes, on average over the last minute, those of the bench included. */
export const load = (): number => Math.round((loadavg()[0] ?? 0) * 100) / 100;
