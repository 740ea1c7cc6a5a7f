import type { StateValue } from 'xstate';
import type { TorrentRecord } from '../../machines/domain.ts';
import { selectRaised } from '../../machines/incident/selectors.ts';
import {
  selectBudget,
  selectLongestWait,
  selectSending,
  selectWaiting,
} from '../../machines/outbox/selectors.ts';
import { selectTopicState } from '../../machines/remote/selectors.ts';
import { selectVersion } from '../../machines/session/selectors.ts';
import { selectRecords, selectTorrents } from '../../machines/supervisor/selectors.ts';
import type { SupervisorSnapshot } from '../../machines/supervisor/selectors.ts';
import { selectPhase } from '../../machines/torrent/selectors.ts';
import type { TorrentSnapshot } from '../../machines/torrent/selectors.ts';
import { pathOf } from '../util/state-path.ts';
import type { Supervisor } from '../app/status.ts';
import type { Health } from '../store/index.ts';
import { TORRENT_STATES } from './labels.ts';
import type { COMMAND_TOPIC_STATES } from './labels.ts';

type TorrentState = (typeof TORRENT_STATES)[number];

/** The values of the gauges. */
export interface Reading {
  torrents: Record<TorrentState, number>;
  /** Tracked torrents by the name of the rule that applies; those that none matches are not counted. */
  rules: ReadonlyMap<string, number>;
  /** The state of the session; `null` if it is not running. */
  session: string | null;
  webapi: string;
  /** The innermost state of the hook installer; `null` if it is not running. */
  hook: string | null;
  commandTopic: (typeof COMMAND_TOPIC_STATES)[number];
  waiting: number;
  /** Seconds. */
  oldest: number;
  /** Messages; `Infinity` without a limit. */
  budget: number;
  day: number;
  incident: boolean;
  degraded: boolean;
}

/**
 * Reads the values of the gauges.
 *
 * @param rules the names of the rules in force. Default: there are none
 */
export function readingOf(supervisor: Supervisor, health: Health, rules: readonly string[] = []): Reading {
  const snapshot = supervisor.getSnapshot();
  const { session, incident, hookInstaller, remote } = snapshot.children;
  const login = session?.getSnapshot();
  return {
    torrents: countTorrents(snapshot),
    rules: countByRule(snapshot, rules),
    session: login === undefined ? null : pathOf(login.value),
    webapi: webapiOf(login === undefined ? null : selectVersion(login)),
    hook: hookInstaller === undefined ? null : leafOf(hookInstaller.getSnapshot().value),
    commandTopic: remote === undefined ? 'off' : selectTopicState(remote.getSnapshot()),
    ...readOutbox(snapshot),
    incident: incident !== undefined && selectRaised(incident.getSnapshot()),
    degraded: health.kind === 'memory' && health.problem !== null,
  };
}

function countTorrents(snapshot: SupervisorSnapshot): Reading['torrents'] {
  const counts = Object.fromEntries(TORRENT_STATES.map((state) => [state, 0])) as Reading['torrents'];
  const actors = selectTorrents(snapshot);
  for (const record of selectRecords(snapshot).values()) {
    counts[stateOf(record, actors.get(record.key))] += 1;
  }
  return counts;
}

function countByRule(snapshot: SupervisorSnapshot, rules: readonly string[]): Reading['rules'] {
  const counts = new Map(rules.map((rule) => [rule, 0]));
  if (counts.size === 0) return counts;
  for (const { rule } of selectRecords(snapshot).values()) {
    const count = rule === null ? undefined : counts.get(rule);
    if (rule !== null && count !== undefined) counts.set(rule, count + 1);
  }
  return counts;
}

/** A crashed torrent has no actor; without a session its phase is outdated. */
function stateOf({ stage }: TorrentRecord, actor: TorrentSnapshot | undefined): TorrentState {
  if (stage === 'completing' || stage === 'completed') return 'complete';
  if (actor === undefined || actor.value === 'login') return 'waiting';
  const phase = selectPhase(actor);
  return phase === 'unknown' ? 'waiting' : phase;
}

function readOutbox({ children: { outbox } }: SupervisorSnapshot) {
  if (outbox === undefined) return { waiting: 0, oldest: 0, budget: 0, day: 0 };
  const snapshot = outbox.getSnapshot();
  const { tokens, interval, day } = selectBudget(snapshot);
  return {
    waiting: selectWaiting(snapshot) + selectSending(snapshot),
    oldest: selectLongestWait(snapshot) / 1000,
    budget: interval === 0 ? Infinity : Math.max(0, Math.floor(tokens)),
    day: day?.left ?? Infinity,
  };
}

/** `idle.installed` is `installed`. */
const leafOf = (value: StateValue): string => pathOf(value).replace(/^.*\./, '');

/** Untrusted text from qBittorrent. */
function webapiOf(version: string | null): string {
  if (version === null) return 'unknown';
  return /^\d{1,3}(\.\d{1,3}){1,3}$/.test(version) ? version : 'odd';
}
