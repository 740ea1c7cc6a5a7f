/**
 * A model of the sidecar's environment, in simulated time: qBittorrent, ntfy with a phone, a store that survives
 * the process, and a process that can end at any moment. The machines and their wiring are the real ones.
 */
import { createActor, SimulatedClock } from 'xstate';
import type { ActorRefFrom, InspectionEvent } from 'xstate';
import type { Allowance } from '../../machines/outbox/budget.ts';
import type { QuietHours, StoredQuietDigest } from '../../machines/quiet/types.ts';
import type { Sounds } from '../../machines/supervisor/sounds.ts';
import type { supervisorMachine } from '../../machines/supervisor/machine.ts';
import type { SupervisorEmitted } from '../../machines/supervisor/emitted.ts';
import type { StoreEvent } from '../../machines/supervisor/types.ts';
import type { Hash, Notification, TorrentRecord } from '../../machines/domain.ts';
import type { Policy } from '../../machines/policy.ts';
import { provideActors } from '../../src/app/actors.ts';
import { HOUR, shardOf, policy } from '../machines/fixtures.ts';
import { createPhone } from '../support/phone.ts';
import { poisonable } from '../support/poison.ts';
import { createClients } from './servers.ts';
import type { Call, Surroundings } from './servers.ts';
import { pass } from '../support/clock.ts';
import { seedJitter } from './time.ts';
import { createQbittorrent } from './torrents.ts';

/** The guards in which a torrent actor crashes, and how many more times. */
type Poison = Map<Hash, { guard: string; times: number }>;

function isPoisoned(poison: Poison, key: Hash, guard: string): boolean {
  const dose = poison.get(key);
  if (dose === undefined || dose.guard !== guard || dose.times === 0) return false;
  dose.times -= 1;
  return true;
}

export interface ModelOptions {
  policy?: Partial<Policy>;
  allowance?: () => Allowance | null;
  inspect?: (event: InspectionEvent) => void;
  /** Called for each message that is sent. */
  onPublish?: (notification: Notification) => void;
  /** Whether calls and events are kept for the test. Default: true. */
  keeps?: boolean;
  quietHours?: QuietHours;
}

const EPOCH = Date.UTC(2026, 0, 1);
/** The time until a process that gave up is started again. */
const RESTART = 10_000;

/** One run of the process. */
interface Life {
  supervisor: ActorRefFrom<typeof supervisorMachine>;
}

/** What survives the process, as JSON. */
function createKept() {
  const records = new Map<Hash, string>();
  const kept = {
    records,
    incidentShown: false,
    sounds: {} as Sounds,
    /** The pending digest, as JSON. */
    quietDigest: 'null',
    /** Names of torrents whose completion was ever pending. */
    completions: new Set<string>(),
    keep(event: StoreEvent) {
      if (event.type === 'record.delete') records.delete(event.key);
      else if (event.type === 'incident.save') kept.incidentShown = event.shown;
      else if (event.type === 'sounds.save') kept.sounds = event.sounds;
      else {
        const { key, stage, finished } = event.record;
        records.set(key, JSON.stringify(event.record));
        if (stage === 'completing' && finished !== null && finished.name !== null)
          kept.completions.add(finished.name);
      }
    },
    read: () => Array.from(records.values(), (text) => JSON.parse(text) as TorrentRecord),
  };
  return kept;
}

export function createModel(options: ModelOptions = {}) {
  seedJitter();
  const clock = new SimulatedClock();
  const qbittorrent = createQbittorrent(() => clock.now());
  const phone = createPhone();
  const poison: Poison = new Map();
  const calls: Call[] = [];
  const events: SupervisorEmitted[] = [];
  const store = createKept();
  const errors: unknown[] = [];
  const state: Surroundings['state'] = {
    ntfy: { fault: null, until: 0 },
    crash: null,
    bugs: new Set(),
    known: new Set(),
    cookie: -1,
  };
  const world = {
    life: null as Life | null,
    starts: [] as number[],
    skew: EPOCH,
    /** The sum of all jumps of the clock forward, in milliseconds. */
    forward: 0,
  };
  const { keeps = true, allowance = () => null, quietHours } = options;
  const now = () => clock.now() + world.skew;

  function record({ to, notification }: Pick<Call, 'to' | 'notification'>) {
    const at = clock.now();
    if (notification !== undefined) options.onPublish?.(notification);
    const what = notification === undefined ? {} : { notification };
    if (keeps) calls.push({ to, at, elapsed: at + world.forward, now: now(), ...what });
  }

  /** Kills the process and starts it again after this many milliseconds. */
  function end(down: number) {
    if (world.life === null) return;
    const { supervisor } = world.life;
    world.life = null;
    state.cookie = -1;
    supervisor.stop();
    clock.setTimeout(start, Math.max(1, down));
  }

  function start() {
    let life: Life | null = null;
    const keep = (event: StoreEvent) => {
      if (life === world.life) store.keep(event);
    };
    const machine = provideActors({
      ...createClients({ clock, qbittorrent, phone, state, record, end, allowance }),
      saveFact: keep,
      ensureHook: () => Promise.reject(new Error('the hook is off here')),
      rotation: () => new Promise(() => {}),
    });
    const supervisor = createActor(
      poisonable(machine, (key, guard) => isPoisoned(poison, key, guard)),
      {
        clock,
        input: {
          policy: { ...policy, ...options.policy },
          now,
          shardOf,
          records: store.read(),
          writeRecord: keep,
          incidentShown: store.incidentShown,
          sounds: store.sounds,
          ...(quietHours === undefined
            ? {}
            : {
                quietHours: {
                  hours: () => quietHours,
                  stored: JSON.parse(store.quietDigest) as StoredQuietDigest | null,
                  save: (digest: StoredQuietDigest | null) => {
                    if (life === world.life) store.quietDigest = JSON.stringify(digest);
                  },
                },
              }),
        },
        ...(options.inspect === undefined ? {} : { inspect: options.inspect }),
      },
    );
    if (keeps) supervisor.on('*', (event) => void events.push(event));
    life = { supervisor };
    world.life = life;
    world.starts.push(clock.now());
    supervisor.subscribe({ complete: () => end(RESTART), error: (error) => void errors.push(error) });
    supervisor.start();
  }

  start();
  return {
    clock,
    qbittorrent,
    phone,
    poison,
    calls,
    events,
    store,
    errors,
    state,
    world,
    now,
    end,
    pass: (ms: number) => pass(clock, ms),
    /** The hook of a torrent, if a process is running. */
    track: (hash: Hash) => world.life?.supervisor.send({ type: 'torrent.track', hash }),
    /** Sets the clock that machines read, forward or back; timers are not affected. */
    setClock(hours: number) {
      world.skew += hours * HOUR;
      world.forward += Math.max(0, hours) * HOUR;
    },
    /** Ends every fault; a process that is down starts at its time. */
    heal() {
      state.ntfy.fault = null;
      state.crash = null;
      state.bugs.clear();
      qbittorrent.state.fault = null;
      poison.clear();
    },
  };
}

export type Model = ReturnType<typeof createModel>;
