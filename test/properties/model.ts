/**
 * A model of the sidecar's environment, in simulated time: qBittorrent, ntfy with a phone, a store that survives
 * the process, and a process that can end at any moment. The machines and their wiring are the real ones.
 */
import { createActor, SimulatedClock } from 'xstate';
import type { ActorRefFrom, InspectionEvent } from 'xstate';
import type { Allowance } from '../../machines/outbox/budget.ts';
import type { QuietHours, StoredQuietDigest } from '../../machines/quiet/types.ts';
import type { supervisorMachine } from '../../machines/supervisor/machine.ts';
import type { SupervisorEmitted } from '../../machines/supervisor/emitted.ts';
import type { StoreEvent } from '../../machines/supervisor/types.ts';
import type { Hash, Notification } from '../../machines/domain.ts';
import type { Policy } from '../../machines/policy.ts';
import { provideActors } from '../../src/app/actors.ts';
import { HOUR, shardOf, policy } from '../machines/fixtures.ts';
import { createPhone } from '../support/phone.ts';
import { poisonable } from '../support/poison.ts';
import type { GuardName } from '../support/poison.ts';
import { createTestRules } from '../support/rules.ts';
import type { Decision } from '../support/rules.ts';
import { createClients } from './servers.ts';
import { createStore } from './store.ts';
import type { Call, Environment } from './servers.ts';
import { pass } from '../support/clock.ts';
import { seedJitter } from './time.ts';
import { createPresses } from './presses.ts';
import { createQbittorrent } from './torrents.ts';

/** The guard in which a torrent actor crashes, and how many more times. */
interface Poison {
  guard: GuardName;
  times: number;
}

function isPoisoned(poisons: Map<Hash, Poison>, key: Hash, guard: string): boolean {
  const entry = poisons.get(key);
  if (entry === undefined || entry.guard !== guard || entry.times === 0) return false;
  entry.times -= 1;
  return true;
}

export interface ModelOptions {
  policy?: Partial<Policy>;
  allowance?: () => Allowance | null;
  inspect?: (event: InspectionEvent) => void;
  /** Called for each message that is sent. */
  onPublish?: (notification: Notification) => void;
  /** What the rules say at first. Default: there are no rules. */
  rules?: Decision;
  /** The category of new torrents. Default: none. */
  category?: string;
  /** Whether calls and events are recorded for the test. Default: true. */
  keepHistory?: boolean;
  quietHours?: QuietHours;
  /** Cards have buttons. */
  buttons?: true;
}

const EPOCH = Date.UTC(2026, 0, 1);
/** Milliseconds until a process that ended by itself is started again. */
const RESTART = 10_000;

/** One run of the process. */
interface ProcessRun {
  supervisor: ActorRefFrom<typeof supervisorMachine>;
}

export function createModel(options: ModelOptions = {}) {
  seedJitter();
  const clock = new SimulatedClock();
  const qbittorrent = createQbittorrent(() => clock.now(), options.category);
  const phone = createPhone();
  const poisons = new Map<Hash, Poison>();
  const calls: Call[] = [];
  const events: SupervisorEmitted[] = [];
  const store = createStore();
  const errors: unknown[] = [];
  const rules = createTestRules(options.rules);
  const state: Environment['state'] = {
    ntfy: { fault: null, until: 0 },
    refused: new Set(),
    crash: null,
    bugs: new Set(),
    known: new Set(),
    cookie: -1,
  };
  const world = {
    run: null as ProcessRun | null,
    starts: [] as number[],
    skew: EPOCH,
    /** The sum of all jumps of the clock forward, in milliseconds. */
    forward: 0,
  };
  const { keepHistory = true, allowance = () => null, quietHours } = options;
  const now = () => clock.now() + world.skew;
  const presses = options.buttons === undefined ? null : createPresses(qbittorrent, now);

  function record({ to, notification }: Pick<Call, 'to' | 'notification'>) {
    const at = clock.now();
    if (notification !== undefined) options.onPublish?.(notification);
    const what = notification === undefined ? {} : { notification };
    if (keepHistory) calls.push({ to, at, elapsed: at + world.forward, now: now(), ...what });
  }

  /** Kills the process and starts it again after this many milliseconds. */
  function end(down: number) {
    if (world.run === null) return;
    const { supervisor } = world.run;
    world.run = null;
    state.cookie = -1;
    supervisor.stop();
    presses?.disconnect();
    clock.setTimeout(start, Math.max(1, down));
  }

  function start() {
    let run: ProcessRun | null = null;
    const save = (event: StoreEvent) => {
      if (run === world.run) store.save(event);
    };
    const machine = provideActors({
      ...createClients({ clock, qbittorrent, phone, state, record, end, allowance, presses }),
      saveFact: save,
      ensureHook: () => Promise.reject(new Error('the hook installer is off')),
      rotation: () => new Promise(() => {}),
    });
    const supervisor = createActor(
      poisonable(machine, (key, guard) => isPoisoned(poisons, key, guard)),
      {
        clock,
        input: {
          policy: { ...policy, ...options.policy },
          now,
          shardOf,
          records: store.read(),
          recentCompletions: store.recentCompletions,
          writeRecord: save,
          incidentShown: store.incidentShown,
          sounds: store.sounds,
          ...(options.rules === undefined ? {} : { rules: rules.rules }),
          ...(store.notices === undefined ? {} : { notices: store.notices }),
          leftCards: store.leftCards,
          digests: store.digests.stored(),
          writeDigest: (change) => {
            if (run === world.run) store.digests.write(change);
          },
          summaries: store.summaries,
          ...(presses === null
            ? {}
            : {
                remote: {
                  stored: presses.store.stored(),
                  write: (change) => {
                    if (run === world.run) presses.store.write(change);
                  },
                },
              }),
          ...(quietHours === undefined
            ? {}
            : {
                quietHours: {
                  hours: () => quietHours,
                  stored: JSON.parse(store.quietDigest) as StoredQuietDigest | null,
                  save: (digest: StoredQuietDigest | null) => {
                    if (run === world.run) store.quietDigest = JSON.stringify(digest);
                  },
                },
              }),
        },
        ...(options.inspect === undefined ? {} : { inspect: options.inspect }),
      },
    );
    if (keepHistory) supervisor.on('*', (event) => void events.push(event));
    run = { supervisor };
    world.run = run;
    world.starts.push(clock.now());
    supervisor.subscribe({ complete: () => end(RESTART), error: (error) => void errors.push(error) });
    supervisor.start();
    reportRules();
  }

  /** As the rules file does at the start, and after a change. */
  function reportRules(routes: readonly string[] = ['films', 'movies']) {
    if (options.rules !== undefined) world.run?.supervisor.send({ type: 'rules.loaded', routes });
  }

  start();
  return {
    clock,
    qbittorrent,
    presses,
    phone,
    calls,
    events,
    store,
    errors,
    rules,
    reportRules,
    state,
    world,
    now,
    end,
    pass: (ms: number) => pass(clock, ms),
    /** Makes the actor of a torrent crash. */
    poison(hash: Hash, poison: Poison) {
      poisons.set(hash, poison);
    },
    /** The hook of a torrent, if a process is running. */
    track: (hash: Hash) => world.run?.supervisor.send({ type: 'torrents.track', hashes: [hash] }),
    /** Sets the clock that machines read, forward or back; timers are not affected. */
    setClock(hours: number) {
      world.skew += hours * HOUR;
      world.forward += Math.max(0, hours) * HOUR;
    },
    /** Ends every fault; a process that is down starts at its time. */
    heal() {
      state.ntfy.fault = null;
      state.refused.clear();
      state.crash = null;
      state.bugs.clear();
      qbittorrent.state.fault = null;
      poisons.clear();
    },
  };
}

export type Model = ReturnType<typeof createModel>;
