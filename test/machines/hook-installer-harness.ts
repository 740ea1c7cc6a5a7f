/** A hook installer with scripted results of its checks. */
import { fromPromise, SimulatedClock } from 'xstate';
import { hookInstallerMachine } from '../../machines/hook-installer/machine.ts';
import { selectReason } from '../../machines/hook-installer/selectors.ts';
import type { HookCheck, HookInstallerReport } from '../../machines/hook-installer/types.ts';
import type { Result } from '../../machines/domain.ts';
import { ok, policy } from './fixtures.ts';
import { later, startChild } from './harness.ts';

export const check = (over: Partial<HookCheck> = {}): Result<HookCheck> =>
  ok({ state: 'installed', written: false, reason: null, ...over });

export const RESCAN = {
  installed: { type: 'rescan', why: 'installed' },
  refused: { type: 'rescan', why: 'refused' },
};

/** Starts an installer. Each check takes 50 ms and returns `script.answer`. */
export function startInstaller(answer: Result<HookCheck> = check(), installHook = true) {
  const clock = new SimulatedClock();
  const script = { answer, checks: [] as number[] };
  const machine = hookInstallerMachine.provide({
    actors: {
      ensure: fromPromise(() => {
        script.checks.push(clock.now());
        return later(clock, 50, script.answer);
      }),
    },
  });
  const input = { policy: { ...policy, installHook }, now: () => clock.now() };
  const child = startChild<HookInstallerReport, typeof machine>(machine, input, { clock });
  const { actor } = child;
  return {
    ...child,
    script,
    ready: () => actor.send({ type: 'session.ready' }),
    refuse: () => actor.send({ type: 'hook.refused' }),
    state: () => JSON.stringify(actor.getSnapshot().value),
    reason: () => selectReason(actor.getSnapshot()),
  };
}
