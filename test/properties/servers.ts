/** The clients of a process in the model: each call takes time, can fail, and the process may end during it. */
import type { SimulatedClock } from 'xstate';
import { isUnfinished } from '../../machines/discovery/unfinished.ts';
import type { Allowance } from '../../machines/outbox/budget.ts';
import { DEFAULT_COMPLETION } from '../../machines/domain.ts';
import { routeOf } from '../../machines/routing/routed.ts';
import type { RouteId } from '../../machines/routing/types.ts';
import type { Notification, Observation, Result } from '../../machines/domain.ts';
import type { ActorDeps } from '../../src/app/actors.ts';
import { failure, newestOf, ok } from '../machines/fixtures.ts';
import type { Phone } from '../support/phone.ts';
import { SUCCESS, NTFY_FAULTS } from './ntfy-faults.ts';
import type { PublishResult, NtfyFault } from './ntfy-faults.ts';
import { later } from '../support/clock.ts';
import { pressActors } from './presses.ts';
import type { Presses } from './presses.ts';
import { failureOf } from './torrents.ts';
import type { Qbittorrent, QbitRequest } from './torrents.ts';

export type Service = QbitRequest | 'publish' | 'allowance';
export type Moment = 'before' | 'after';

export interface Call {
  to: Service;
  /** Simulated milliseconds, without the jumps of the clock. */
  at: number;
  /** With all jumps forward: the maximum elapsed time that a machine may compute. */
  elapsed: number;
  /** The time that the machines read. */
  now: number;
  notification?: Notification;
}

/** The parts of the model that the servers read and change. */
export interface Environment {
  clock: SimulatedClock;
  qbittorrent: Qbittorrent;
  phone: Phone;
  state: {
    ntfy: { fault: NtfyFault | null; until: number };
    /** Topics that ntfy refuses. */
    refused: Set<RouteId>;
    /** The process ends at one of the next calls: before the server processes it, or before its answer is read. */
    crash: { calls: number; moment: Moment; down: number } | null;
    /** Services whose next call throws. */
    bugs: Set<Service>;
    /** Labels of the torrents that a hook or a scan has reported to the sidecar. */
    known: Set<string>;
    /** The session of the process; -1 for none. */
    cookie: number;
  };
  /** Called for each call. */
  record: (call: Pick<Call, 'to' | 'notification'>) => void;
  end: (down: number) => void;
  allowance: () => Allowance | null;
  /** `null`: cards have no buttons. */
  presses: Presses | null;
}

/** Half of the duration of a call. */
const LATENCY = 25;
const TIMEOUT = 10_000;

/** ntfy's own 403. */
const FORBIDDEN = {
  ok: false,
  failure: {
    kind: 'unauthorized',
    message: '40301',
    answer: { status: 403, code: 40_301, bytes: 0 },
  },
} as const;

interface Answer<T> {
  answer: T | 'crash';
  late?: boolean;
}

const never = () => new Promise<never>(() => {});

export function createClients(environment: Environment): Pick<ActorDeps, 'qbittorrent' | 'ntfy' | 'remote'> {
  const { clock, qbittorrent, phone, state, record, end } = environment;

  /** One call to a server, with its answer. */
  async function call<T>(to: Service, act: () => Answer<T>, notification?: Notification): Promise<T> {
    record(notification === undefined ? { to } : { to, notification });
    const { crash } = state;
    if (crash !== null) crash.calls -= 1;
    const ends = crash?.calls === 0;
    if (ends) state.crash = null;
    await later(clock, LATENCY, null);
    if (ends && crash?.moment === 'before') {
      end(crash.down);
      return never();
    }
    const { answer, late = false } = act();
    if (ends && crash?.moment === 'after') {
      end(crash.down);
      return never();
    }
    await later(clock, late ? TIMEOUT : LATENCY, null);
    if (answer === 'crash') throw new Error('a bug');
    return answer;
  }

  const send = <T>(to: QbitRequest, answer: () => Result<T>): Promise<Result<T>> =>
    call(to, () => {
      if (state.bugs.delete(to)) return { answer: 'crash' };
      const fault = qbittorrent.faultOf(to);
      return fault === null ? { answer: answer() } : { answer: failureOf(fault), late: fault === 'hang' };
    });

  const read = (to: QbitRequest, select: (torrent: Observation) => boolean) =>
    send(to, () =>
      state.cookie === qbittorrent.state.session ? qbittorrent.answer(select) : failure('unauthorized'),
    );

  function deliver(notification: Notification): Answer<Awaited<ReturnType<ActorDeps['ntfy']['publish']>>> {
    const { fault, until } = state.ntfy;
    if (state.refused.has(routeOf(notification))) return { answer: FORBIDDEN };
    const { arrives, answer }: PublishResult =
      fault === null || clock.now() >= until ? SUCCESS : NTFY_FAULTS[fault];
    if (arrives !== 'not') phone.receive(notification, arrives === 'half');
    return answer === 'never' ? { answer: failure('unreachable'), late: true } : { answer };
  }

  const { presses } = environment;
  return {
    remote:
      presses === null
        ? undefined
        : pressActors(presses, (answer) =>
            send('command', () =>
              state.cookie === qbittorrent.state.session ? answer() : failure('unauthorized'),
            ),
          ),
    qbittorrent: {
      login: () =>
        send('login', () => {
          state.cookie = qbittorrent.state.session;
          return ok({ version: '2.16.2' });
        }),
      observe: (hashes) => read('observe', ({ hash }) => hashes.includes(hash)),
      list(hashes) {
        const ids = new Set<string | null>(hashes);
        return read('list', ({ hash, v1, v2 }) => ids.has(hash) || ids.has(v1) || ids.has(v2));
      },
      async newest(limit) {
        const all = await read('list', () => true);
        return all.ok ? ok(newestOf(all.value, limit)) : all;
      },
      settings: () => Promise.resolve(ok(DEFAULT_COMPLETION)),
      async scan(signal) {
        const found = await read('scan', isUnfinished);
        if (found.ok && signal?.aborted !== true)
          for (const { name } of found.value) if (name !== null) state.known.add(name);
        return found;
      },
    },
    ntfy: {
      publish: (notification) => call('publish', () => deliver(notification), notification),
      allowance: () =>
        call('allowance', () => ({
          answer: state.bugs.delete('allowance') ? 'crash' : environment.allowance(),
        })),
      knowsSequences: () => Promise.resolve(null),
    },
  };
}
