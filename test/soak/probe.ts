/** Monitors the sidecar from outside: its liveness probe, and its memory. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../../src/development/shipped.ts';
import { cpuOf } from '../bench/lib/proc.ts';
import { startThread } from './attackers.ts';

export interface ProbeOptions {
  port: number;
  /** Time limit of an answer in milliseconds. */
  timeLimit: number;
}

/** One liveness probe. */
export interface Probe {
  /** Its start as `Date.now()`. */
  at: number;
  /** Whether the answer was 200. */
  ok: boolean;
  /** Milliseconds until the connection was closed. */
  ms: number;
  /** Its delay in milliseconds, caused by the machine's load. */
  lag: number;
}

/** The measurements of each second. */
export interface Watch {
  probes: Probe[];
  /** Megabytes (MiB) of resident memory. */
  memory: number[];
  /** The maximum so far. */
  peak: number;
  /** CPU time as a share of one core. */
  cpu: number;
}

/**
 * Milliseconds: only an answer that never comes takes as long. How late one is depends on the machine too, and is
 * judged only by the long run, on an idle machine.
 */
const PROBE_TIME_LIMIT = 240_000;

/** Monitors until the returned function is called, which returns the measurements. */
export function startWatch(pid: number, port: number): () => Promise<Watch> {
  const probes: Probe[] = [];
  const options: ProbeOptions = { port, timeLimit: PROBE_TIME_LIMIT };
  const thread = startThread('probe-thread.ts', options);
  thread.on('message', (probe: Probe) => probes.push(probe));
  const memory: number[] = [];
  let peak = 0;
  const cpuBefore = cpuOf(pid);
  let cpu = 0;
  const from = performance.now();
  const measure = () => {
    try {
      memory.push(readMemory(pid, 'VmRSS'));
      peak = readMemory(pid, 'VmHWM');
      cpu = (cpuOf(pid) - cpuBefore) / (performance.now() - from);
    } catch {
      // The process ended, which `checkRun` reports.
    }
  };
  const timer = setInterval(measure, 1000);
  return async () => {
    clearInterval(timer);
    measure();
    const ended = once(thread, 'exit');
    thread.postMessage('end', []);
    await ended;
    return { probes, memory, peak, cpu };
  };
}

function readMemory(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
}

/** The memory limit of the sidecar's container in the manifests, in megabytes (MiB). */
export function readMemoryLimit(): number {
  const file = join(ROOT, 'k8s', 'component', 'sidecar.yaml');
  const manifest = parse(readFileSync(file, 'utf8')) as {
    spec: { template: { spec: { initContainers: Array<{ resources: { limits: { memory: string } } }> } } };
  };
  const limit = manifest.spec.template.spec.initContainers[0]?.resources.limits.memory ?? '';
  const [, megabytes] = /^(\d+)Mi$/.exec(limit) ?? [];
  if (megabytes === undefined) throw new Error(`the memory limit in ${file} is not in Mi: ${limit}`);
  return Number(megabytes);
}
