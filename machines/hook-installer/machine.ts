import { assign, enqueueActions, fromPromise, not, sendParent, setup } from 'xstate';
import { failOverdue, overdueAfter } from '../watchdog.ts';
import type { RequestName } from '../watchdog.ts';
import { stopChildrenOnCrash } from '../stopping.ts';
import { checkPause } from './retry.ts';
import { NO_ANSWER } from '../domain.ts';
import type { Now, Result } from '../domain.ts';
import type { Policy } from '../policy.ts';
import type { HookCheck, HookInstallerContext, HookInstallerEvent, HookInstallerReport } from './types.ts';

/** Minimum time between two checks caused by a wrong token: any client can send one. */
const REFUSAL_PAUSE = 60_000;
/** A `hook.check` does nothing when the last check was not that long ago. */
const CHECK_INTERVAL = 60 * 60_000;
/** A second refusal within this time, after a new login, is not a lost session: only this request is refused. */
const LOSS_PAUSE = 10 * 60_000;

const isWithin = (now: number, at: number | null, time: number) => at !== null && Math.abs(now - at) < time;

const machine = setup({
  types: {
    context: {} as HookInstallerContext,
    events: {} as HookInstallerEvent,
    input: {} as { policy: Policy; now: Now },
  },
  actors: {
    /** Reads the hook lines and writes missing or wrong ones. Needs a session. */
    ensure: fromPromise<Result<HookCheck>>(() => Promise.reject(new Error('ensure is not provided'))),
  },
  guards: {
    off: ({ context }) => !context.policy.installHook,
    failed: ({ context }) => context.failure !== null,
    sessionLost: ({ context: { failure, lostAt, now } }) =>
      failure?.kind === 'unauthorized' && !isWithin(now(), lostAt, LOSS_PAUSE),
    found: ({ context }, { state }: { state: HookCheck['state'] }) => context.check?.state === state,
    refusedLately: ({ context: { now, refusedAt } }) => isWithin(now(), refusedAt, REFUSAL_PAUSE),
    checkedLately: ({ context: { now, checkedAt } }) => isWithin(now(), checkedAt, CHECK_INTERVAL),
  },
  actions: {
    crash: (_, { request }: { request: RequestName }) => failOverdue(request),
    recordCheck: assign(({ context: { failures, now } }, { result }: { result: Result<HookCheck> }) =>
      result.ok
        ? { check: result.value, failure: null, failures: 0, lostAt: null, checkedAt: now() }
        : { failure: result.failure, failures: failures + 1, checkedAt: now() },
    ),
    recordRefusal: assign(({ context }) => ({ suspect: true, refusedAt: context.now() })),
    suspect: assign({ suspect: true }),
    /** A scan follows each login and finds the torrents that no hook has named. */
    clear: assign({ suspect: false, failures: 0 }),
    reportLoss: enqueueActions(({ context: { failure, now }, enqueue }) => {
      enqueue.assign({ lostAt: now() });
      enqueue(
        sendParent({
          type: 'qbittorrent.failed',
          failure: failure ?? NO_ANSWER,
          during: 'hook',
        } satisfies HookInstallerReport),
      );
    }),
    /** No hook was called for torrents that were added while a line was missing or wrong. */
    reportWritten: enqueueActions(({ context: { check }, enqueue }) => {
      enqueue.assign({ suspect: false });
      if (check?.written === true)
        enqueue(sendParent({ type: 'rescan', why: 'installed' } satisfies HookInstallerReport));
    }),
    reportSuspect: enqueueActions(({ context: { suspect }, enqueue }) => {
      if (!suspect) return;
      enqueue.assign({ suspect: false });
      enqueue(sendParent({ type: 'rescan', why: 'refused' } satisfies HookInstallerReport));
    }),
  },
  delays: {
    ensureOverdue: overdueAfter('ensure'),
    refusalPause: ({ context: { now, refusedAt } }) =>
      Math.max(0, REFUSAL_PAUSE - Math.abs(now() - (refusedAt ?? -Infinity))),
    retryPause: ({ context: { failures, policy } }) => checkPause(failures, policy.retryMax),
  },
}).createMachine({
  id: 'hookInstaller',
  description: 'Installs the hooks in qBittorrent (AUTO_INSTALL_HOOK).',
  context: ({ input }) => ({
    ...input,
    check: null,
    failure: null,
    failures: 0,
    suspect: false,
    checkedAt: null,
    refusedAt: null,
    lostAt: null,
  }),
  initial: 'starting',
  states: {
    starting: { always: [{ guard: 'off', target: 'off' }, { target: 'signedOut' }] },
    off: { description: 'AUTO_INSTALL_HOOK is off: no request, no timer.' },
    signedOut: {
      description: 'Waits for a session.',
      entry: 'clear',
      on: { 'session.ready': 'checking' },
    },
    checking: {
      description: 'Reads both hook lines and writes missing or wrong ones.',
      on: { 'session.lost': 'signedOut', 'hook.refused': { actions: 'suspect' } },
      invoke: {
        id: 'ensure',
        src: 'ensure',
        onDone: {
          target: 'evaluating',
          actions: { type: 'recordCheck', params: ({ event }) => ({ result: event.output }) },
        },
      },
      after: { ensureOverdue: { actions: { type: 'crash', params: { request: 'ensure' } } } },
    },
    evaluating: {
      always: [
        { guard: 'sessionLost', target: 'signedOut', actions: 'reportLoss' },
        { guard: 'failed', target: 'retrying', actions: 'reportSuspect' },
        {
          guard: { type: 'found', params: { state: 'impossible' } },
          target: 'idle.impossible',
          actions: 'reportWritten',
        },
        {
          guard: { type: 'found', params: { state: 'blocked' } },
          target: 'idle.blocked',
          actions: 'reportWritten',
        },
        { target: 'idle.installed', actions: 'reportWritten' },
      ],
    },
    idle: {
      description: 'No request, no timer.',
      on: {
        'session.lost': 'signedOut',
        'hook.refused': [
          { guard: 'refusedLately', target: 'suspecting' },
          { target: 'checking', actions: 'recordRefusal' },
        ],
        'hook.check': { guard: not('checkedLately'), target: 'checking' },
      },
      initial: 'installed',
      states: {
        installed: { description: 'Both hook lines are correct.' },
        blocked: { description: 'Another command is in the place of a hook line.' },
        impossible: { description: 'The settings allow no hook line.' },
      },
    },
    suspecting: {
      description: 'Another wrong token within a minute of the last check: the next check waits.',
      entry: 'suspect',
      on: { 'session.lost': 'signedOut' },
      after: { refusalPause: { target: 'checking', actions: 'recordRefusal' } },
    },
    retrying: {
      description: 'The check failed.',
      on: {
        'session.lost': 'signedOut',
        'hook.refused': [
          { guard: 'refusedLately', actions: 'suspect' },
          { actions: ['recordRefusal', 'reportSuspect'] },
        ],
      },
      after: { retryPause: 'checking' },
    },
  },
});

/**
 * Installs the hooks in qBittorrent and keeps them correct: checks them after each login, when a call has a wrong token,
 * and at most once an hour when a torrent has ended. A failed check is retried. Otherwise there is no timer.
 */
export const hookInstallerMachine = stopChildrenOnCrash(machine);
