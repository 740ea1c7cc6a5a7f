/**
 * A pod's lifecycle in the kubelet's order: an emulation of the kubelet for a rendered manifest. Init containers run
 * one after the other; a native sidecar counts as started when its startup probe passes. At the end the app containers
 * end first, the sidecars after them in reverse order, all within one grace period.
 */
import { sleep } from '../../servers/wait.ts';
import type { Container, PodSpec } from '../manifest.ts';

/** A started container. */
export interface Running {
  /** `null` while it runs. */
  exitCode(): number | null;
  /** Its output. */
  log(): string;
  /** SIGTERM, and SIGKILL after that many milliseconds; resolves when it has ended, with its exit code. */
  stop(grace: number): Promise<number>;
}

export type Start = (container: Container) => Promise<Running>;

export interface Pod {
  containers: Map<string, Running>;
  /**
   * Ends the pod. `between` is called when the app containers have ended; exit codes by name, in the order of the ends.
   */
  stop(between?: () => Promise<void>): Promise<Record<string, number>>;
}

/** Starts a pod. Throws when a container ends, or stays unready, during its start. */
export async function startPod(spec: PodSpec, start: Start): Promise<Pod> {
  const containers = new Map<string, Running>();
  const stop: Pod['stop'] = (between) => stopPod(spec, containers, between);
  try {
    for (const container of spec.initContainers ?? []) {
      const running = await start(container);
      containers.set(container.name, running);
      if (container.restartPolicy === 'Always') await untilStarted(container, running);
      else if ((await untilEnded(running)) !== 0)
        throw new Error(`${container.name} failed: ${running.log()}`);
    }
    // All at once, without waiting for a probe.
    for (const container of spec.containers) containers.set(container.name, await start(container));
    await Promise.all(
      spec.containers.map((container) => untilStarted(container, containers.get(container.name))),
    );
    return { containers, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilEnded(running: Running): Promise<number> {
  for (;;) {
    const code = running.exitCode();
    if (code !== null) return code;
    await sleep(20);
  }
}

/** The kubelet probes the pod's address; here that is the loopback of the pod's network namespace. */
async function untilStarted(
  { name, startupProbe: probe }: Container,
  running: Running | undefined,
): Promise<void> {
  const get = probe?.httpGet;
  if (probe === undefined || get === undefined || running === undefined) return;
  for (let failures = 0; failures < (probe.failureThreshold ?? 3); failures++) {
    if (running.exitCode() !== null) break;
    const answer = await fetch(`http://127.0.0.1:${get.port}${get.path}`, {
      signal: AbortSignal.timeout((probe.timeoutSeconds ?? 1) * 1000),
    }).catch(() => null);
    if (answer?.ok === true) return;
    await sleep((probe.periodSeconds ?? 10) * 1000);
  }
  throw new Error(`${name} did not start: ${running.log()}`);
}

async function stopPod(
  spec: PodSpec,
  containers: ReadonlyMap<string, Running>,
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<Record<string, number>> {
  const end = performance.now() + (spec.terminationGracePeriodSeconds ?? 30) * 1000;
  const codes: Record<string, number> = {};
  const stop = async ({ name }: Container): Promise<void> => {
    // A sidecar whose pod has used up its grace period still gets two seconds.
    const code = await containers.get(name)?.stop(Math.max(2000, end - performance.now()));
    if (code !== undefined) codes[name] = code;
  };
  await Promise.all(spec.containers.map(stop));
  await between();
  for (const container of (spec.initContainers ?? []).toReversed()) await stop(container);
  return codes;
}
