import type { StateValue } from 'xstate';
import { refill } from '../../machines/outbox/budget.ts';
import { depth } from '../../machines/outbox/lanes.ts';
import { oldest } from '../../machines/outbox/traffic.ts';
import type { TorrentRecord } from '../../machines/domain.ts';
import { pathOf } from '../util/state-path.ts';
import { torrentActors } from '../app/status.ts';
import type { Supervisor, TorrentSnapshot } from '../app/status.ts';
import type { Health } from '../store/index.ts';
import { TORRENT_STATES } from './labels.ts';

type TorrentState = (typeof TORRENT_STATES)[number];

/** The values of the gauges. */
export interface Reading {
  torrents: Record<TorrentState, number>;
  /** The state of the session; `null` if it is not running. */
  session: string | null;
  webapi: string;
  /** The innermost state of the hook installer; `null` if it is not running. */
  hook: string | null;
  waiting: number;
  /** Seconds. */
  oldest: number;
  /** Messages; `Infinity` without a limit. */
  budget: number;
  day: number;
  incident: boolean;
  degraded: boolean;
}

/** Reads the values of the gauges. */
export function readingOf(supervisor: Supervisor, health: Health, now = Date.now()): Reading {
  const snapshot = supervisor.getSnapshot();
  const { session, incident, hookInstaller } = snapshot.children;
  const signedIn = session?.getSnapshot();
  return {
    torrents: countTorrents(snapshot),
    session: typeof signedIn?.value === 'string' ? signedIn.value : null,
    webapi: webapiOf(signedIn?.context.version ?? null),
    hook: hookInstaller === undefined ? null : leafOf(hookInstaller.getSnapshot().value),
    ...readOutbox(snapshot, now),
    incident: incident?.getSnapshot().value === 'raised',
    degraded: health.kind === 'memory' && health.problem !== null,
  };
}

function countTorrents(snapshot: SupervisorSnapshot): Reading['torrents'] {
  const counts = Object.fromEntries(TORRENT_STATES.map((state) => [state, 0])) as Reading['torrents'];
  const actors = torrentActors(snapshot);
  for (const record of snapshot.context.registry.records.values()) {
    counts[stateOf(record, actors.get(record.key))] += 1;
  }
  return counts;
}

/** A crashed torrent has no actor; without a session its phase is outdated. */
function stateOf({ stage }: TorrentRecord, actor: TorrentSnapshot | undefined): TorrentState {
  if (stage === 'completing' || stage === 'dismissing') return 'complete';
  if (actor === undefined || actor.value === 'login') return 'waiting';
  const { phase } = actor.context.seen.sight;
  return phase === 'unknown' ? 'waiting' : phase;
}

function readOutbox({ children: { outbox } }: SupervisorSnapshot, now: number) {
  const context = outbox?.getSnapshot().context;
  if (context === undefined) return { waiting: 0, oldest: 0, budget: 0, day: 0 };
  const since = oldest(context);
  const { tokens, interval, day } = refill(context.budget, now);
  return {
    waiting: depth(context.lanes) + context.inFlight.size,
    oldest: since === null ? 0 : Math.max(0, now - since) / 1000,
    budget: interval === 0 ? Infinity : Math.max(0, Math.floor(tokens)),
    day: day?.left ?? Infinity,
  };
}

type SupervisorSnapshot = ReturnType<Supervisor['getSnapshot']>;

/** `idle.installed` is `installed`. */
const leafOf = (value: StateValue): string => pathOf(value).replace(/^.*\./, '');

/** Untrusted text from qBittorrent. */
function webapiOf(version: string | null): string {
  if (version === null) return 'unknown';
  return /^\d{1,3}(\.\d{1,3}){1,3}$/.test(version) ? version : 'odd';
}
