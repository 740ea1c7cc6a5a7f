import { and, assign, fromPromise, sendParent, setup } from 'xstate';
import { failOverdue, overdueAfter } from '../watchdog.ts';
import type { RequestName } from '../watchdog.ts';
import { stopChildrenOnCrash } from '../stopping.ts';
import { BANNED_PAUSE, loginPause, REFUSED_PAUSE } from './retry.ts';
import { NO_ANSWER } from '../domain.ts';
import type { Failure, Now, Policy, QbittorrentFailed } from '../domain.ts';

export type SessionEvent =
  | { type: 'session.wanted' }
  /** `failure`: how the call ended that found out. */
  | { type: 'session.expired'; failure: Failure };

/** What the session says to its supervisor. */
export type SessionReport = { type: 'session.ready'; version: string } | QbittorrentFailed;

/**
 * What a login brings: qBittorrent's WebAPI version. Credentials and cookie stay with the actor that logs in.
 * `isFinal`: the same credentials must not be shown again.
 */
export type Login =
  | { ok: true; value: { version: string } }
  | { ok: false; failure: Failure; isFinal?: true };

/** Two sessions in a row that end sooner than this were worth nothing: the next login waits, as after a failure. */
const MIN_SESSION_LIFETIME = 60_000;

interface SessionContext {
  policy: Policy;
  now: Now;
  /** Logins in a row that failed, or whose session was forgotten at once. */
  failures: number;
  /** Why the last login failed; `null` after a good one. */
  failure: Failure | null;
  /** Only other credentials may be tried. */
  isFinal: boolean;
  version: string | null;
  /** When the last good login was, in milliseconds since 1970. */
  since: number;
}

/** Why a session that a good login opened is refused at once: for the cause that the call suspects, if it does. */
function shortLifeOf(failure: Failure): Failure {
  return failure.reason === undefined
    ? { kind: 'protocol', message: 'qBittorrent forgot the session at once' }
    : { ...failure, kind: 'misdirected' };
}

const machine = setup({
  types: {
    context: {} as SessionContext,
    events: {} as SessionEvent,
    input: {} as { policy: Policy; now: Now },
  },
  actors: {
    login: fromPromise<Login>(() => Promise.reject(new Error('login is not provided'))),
    /** Resolves when the file that a refused secret came from holds another one. */
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
    noteLogin: assign(({ context }, { login }: { login: Login }) =>
      login.ok
        ? { version: login.value.version, failure: null, since: context.now() }
        : { failure: login.failure, failures: context.failures + 1, isFinal: login.isFinal === true },
    ),
    noteForgotten: assign(({ context }, { failure }: { failure: Failure }) => ({
      failure: shortLifeOf(failure),
      failures: context.failures + 1,
    })),
    noteLived: assign({ failures: 0 }),
    reportReady: sendParent(
      ({ context }) => ({ type: 'session.ready', version: context.version ?? '' }) satisfies SessionReport,
    ),
    reportFailure: sendParent(
      ({ context: { failure } }) =>
        ({
          type: 'qbittorrent.failed',
          failure: failure ?? NO_ANSWER,
          during: 'login',
        }) satisfies SessionReport,
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
  description: 'The one login to qBittorrent, for everybody.',
  context: ({ input }) => ({ ...input, failures: 0, failure: null, isFinal: false, version: null, since: 0 }),
  initial: 'signedOut',
  states: {
    signedOut: {
      description: 'Nobody needs qBittorrent yet.',
      on: { 'session.wanted': 'loggingIn' },
    },
    loggingIn: {
      invoke: {
        id: 'login',
        src: 'login',
        onDone: {
          target: 'judging',
          actions: { type: 'noteLogin', params: ({ event }) => ({ login: event.output }) },
        },
      },
      after: { loginOverdue: { actions: { type: 'crash', params: { request: 'login' } } } },
    },
    judging: {
      always: [
        { guard: 'succeeded', target: 'ready' },
        { guard: 'final', target: 'locked' },
        { guard: { type: 'failedBy', params: { kind: 'unauthorized' } }, target: 'refused' },
        { guard: { type: 'failedBy', params: { kind: 'banned' } }, target: 'banned' },
        { target: 'failing' },
      ],
    },
    ready: {
      description: 'Until somebody finds it expired.',
      entry: 'reportReady',
      on: {
        'session.expired': [
          {
            guard: and(['shortLived', 'failedBefore']),
            target: 'failing',
            actions: { type: 'noteForgotten', params: ({ event: { failure } }) => ({ failure }) },
          },
          {
            guard: 'shortLived',
            target: 'loggingIn',
            actions: { type: 'noteForgotten', params: ({ event: { failure } }) => ({ failure }) },
          },
          { target: 'loggingIn', actions: 'noteLived' },
        ],
      },
    },
    refused: {
      description: 'qBittorrent refused the password or key.',
      entry: 'reportFailure',
      invoke: { id: 'rotation', src: 'rotation', onDone: 'loggingIn' },
      after: { refusedPause: 'loggingIn' },
    },
    locked: {
      description:
        'The login of the proxy in front was refused: it is not shown again until it is another one.',
      entry: 'reportFailure',
      invoke: { id: 'rotation', src: 'rotation', onDone: 'loggingIn' },
    },
    banned: {
      description: 'qBittorrent bans this address for a time.',
      entry: 'reportFailure',
      after: { bannedPause: 'loggingIn' },
    },
    failing: {
      description: 'No answer, or none that a qBittorrent gives, or a session that it forgets at once.',
      entry: 'reportFailure',
      after: { retryPause: 'loggingIn' },
    },
  },
});

/**
 * The one login to qBittorrent. Whoever finds the session expired says so, and one login serves everybody. A refused
 * password is tried again after minutes, not because somebody asks.
 */
export const sessionMachine = stopChildrenOnCrash(machine);
