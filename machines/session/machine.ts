import { and, assign, fromPromise, sendParent, setup } from 'xstate';
import { failOverdue, overdueAfter } from '../watchdog.ts';
import type { RequestName } from '../watchdog.ts';
import { stopChildrenOnCrash } from '../stopping.ts';
import { BANNED_PAUSE, loginPause, REFUSED_PAUSE } from './retry.ts';
import { NO_ANSWER } from '../domain.ts';
import type { Failure, Now, QbittorrentFailed } from '../domain.ts';
import type { Policy } from '../policy.ts';

export type SessionEvent =
  | { type: 'session.requested' }
  /** A button was pressed: one login now, if qBittorrent has refused the last one. */
  | { type: 'login.retry' }
  /** `failure`: of the call that was refused. */
  | { type: 'session.expired'; failure: Failure };

/** What the session reports to the supervisor. */
export type SessionReport = { type: 'session.ready'; version: string } | QbittorrentFailed;

/**
 * The result of a login: qBittorrent's WebAPI version. Credentials and cookie never enter the machine.
 * `isFinal`: the same credentials must not be sent again.
 */
export type Login =
  | { ok: true; value: { version: string } }
  | { ok: false; failure: Failure; isFinal?: true };

/** After two sessions in a row that ended sooner than this, the next login waits as after a failure. */
const MIN_SESSION_LIFETIME = 60_000;

interface SessionContext {
  policy: Policy;
  now: Now;
  /** Logins in a row that failed, or whose session expired immediately. */
  failures: number;
  /** Why the last login failed; `null` after a successful one. */
  failure: Failure | null;
  /** Only other credentials may be tried. */
  isFinal: boolean;
  version: string | null;
  /** When the last successful login was, in milliseconds since 1970. */
  since: number;
}

/** Why a session is refused immediately after a successful login: the call's own reason, if it has one. */
function shortLifeOf(failure: Failure): Failure {
  return failure.reason === undefined
    ? { kind: 'protocol', message: 'qBittorrent ended the session immediately' }
    : { ...failure, kind: 'misdirected' };
}

const reportOf = ({ failure }: SessionContext): QbittorrentFailed => ({
  type: 'qbittorrent.failed',
  failure: failure ?? NO_ANSWER,
  during: 'login',
});

const machine = setup({
  types: {
    context: {} as SessionContext,
    events: {} as SessionEvent,
    input: {} as { policy: Policy; now: Now },
  },
  actors: {
    login: fromPromise<Login>(() => Promise.reject(new Error('login is not provided'))),
    /** Resolves when the file of a refused secret contains a different one. */
    rotation: fromPromise<void>(() => new Promise(() => {})),
  },
  guards: {
    succeeded: ({ context }) => context.failure === null,
    failedBefore: ({ context }) => context.failures > 0,
    shortLived: ({ context: { now, since } }) => Math.abs(now() - since) < MIN_SESSION_LIFETIME,
    final: ({ context }) => context.isFinal,
    failedBy: ({ context }, { kind }: { kind: Failure['kind'] }) => context.failure?.kind === kind,
  },
  actions: {
    crash: (_, { request }: { request: RequestName }) => failOverdue(request),
    recordLogin: assign(({ context }, { login }: { login: Login }) =>
      login.ok
        ? { version: login.value.version, failure: null, since: context.now() }
        : { failure: login.failure, failures: context.failures + 1, isFinal: login.isFinal === true },
    ),
    recordShortSession: assign(({ context }, { failure }: { failure: Failure }) => ({
      failure: shortLifeOf(failure),
      failures: context.failures + 1,
    })),
    resetFailures: assign({ failures: 0 }),
    reportReady: sendParent(
      ({ context }) => ({ type: 'session.ready', version: context.version ?? '' }) satisfies SessionReport,
    ),
    reportFailure: sendParent(({ context }) => reportOf(context) satisfies SessionReport),
    reportFinalFailure: sendParent(
      ({ context }) => ({ ...reportOf(context), isFinal: true }) satisfies SessionReport,
    ),
  },
  delays: {
    loginOverdue: overdueAfter('login'),
    refusedPause: REFUSED_PAUSE,
    bannedPause: BANNED_PAUSE,
    retryPause: ({ context: { failures, policy } }) => loginPause(failures, policy.retryMax),
  },
}).createMachine({
  id: 'session',
  description: 'The one login to qBittorrent, shared by all actors.',
  context: ({ input }) => ({ ...input, failures: 0, failure: null, isFinal: false, version: null, since: 0 }),
  initial: 'signedOut',
  states: {
    signedOut: {
      description: 'No actor needs qBittorrent yet.',
      on: { 'session.requested': 'loggingIn' },
    },
    loggingIn: {
      invoke: {
        id: 'login',
        src: 'login',
        onDone: {
          target: 'evaluating',
          actions: { type: 'recordLogin', params: ({ event }) => ({ login: event.output }) },
        },
      },
      after: { loginOverdue: { actions: { type: 'crash', params: { request: 'login' } } } },
    },
    evaluating: {
      always: [
        { guard: 'succeeded', target: 'ready' },
        { guard: 'final', target: 'locked' },
        { guard: { type: 'failedBy', params: { kind: 'unauthorized' } }, target: 'refused' },
        { guard: { type: 'failedBy', params: { kind: 'banned' } }, target: 'banned' },
        { target: 'failing' },
      ],
    },
    ready: {
      description: 'Signed in, until a request shows that the session expired.',
      entry: 'reportReady',
      on: {
        'session.expired': [
          {
            guard: and(['shortLived', 'failedBefore']),
            target: 'failing',
            actions: { type: 'recordShortSession', params: ({ event: { failure } }) => ({ failure }) },
          },
          {
            guard: 'shortLived',
            target: 'loggingIn',
            actions: { type: 'recordShortSession', params: ({ event: { failure } }) => ({ failure }) },
          },
          { target: 'loggingIn', actions: 'resetFailures' },
        ],
      },
    },
    refused: {
      description: 'qBittorrent refused the password or key.',
      entry: 'reportFailure',
      invoke: { id: 'rotation', src: 'rotation', onDone: 'loggingIn' },
      on: { 'login.retry': 'loggingIn' },
      after: { refusedPause: 'loggingIn' },
    },
    locked: {
      description: 'The proxy refused its login: the same one is not sent again.',
      entry: 'reportFinalFailure',
      invoke: { id: 'rotation', src: 'rotation', onDone: 'loggingIn' },
    },
    banned: {
      description: 'qBittorrent has banned this address temporarily.',
      entry: 'reportFailure',
      after: { bannedPause: 'loggingIn' },
    },
    failing: {
      description: 'No answer, an unexpected answer, or a session that expired immediately.',
      entry: 'reportFailure',
      after: { retryPause: 'loggingIn' },
    },
  },
});

/**
 * The one login to qBittorrent. Any actor can report that the session expired; a single login then serves all of them.
 * A refused password is retried only after minutes, however many requests need a session.
 */
export const sessionMachine = stopChildrenOnCrash(machine);
