/** The qBittorrent and the ntfy of the simulated world, as far as a test can change them. */
import type { SimulatedClock } from 'xstate';
import type { HookCheck } from '../../machines/hook-installer/types.ts';
import type { Allowance } from '../../machines/outbox/budget.ts';
import { isUnfinished } from '../../machines/discovery/unfinished.ts';
import type { Publication } from '../../machines/outbox/machine.ts';
import type { RequestName } from '../../machines/watchdog.ts';
import type { Login } from '../../machines/session/machine.ts';
import { DEFAULT_COMPLETION } from '../../machines/domain.ts';
import type {
  CompletionSettings,
  Hash,
  Notification,
  Observation,
  Phase,
  Result,
} from '../../machines/domain.ts';
import type { ExecuteInput, Execution } from '../../machines/remote/machine.ts';
import { isOtherRound } from '../../machines/remote/record.ts';
import { failure, newestOf, ok } from '../machines/fixtures.ts';
import { createStream } from './command-topic.ts';

type Observations = Result<Observation[]>;

/** What qBittorrent does. Two torrents of one size share their files. */
function executeOn(
  torrents: Map<Hash, Observation>,
  isOpen: boolean,
  { action, hash, addedAt }: ExecuteInput,
): Execution {
  if (!isOpen) return failure('unauthorized');
  const torrent = torrents.get(hash);
  if (isOtherRound({ addedAt }, torrent?.addedAt ?? 0))
    return ok({ sharesFiles: null, isOtherDownload: true });
  const set = (phase: Phase) => torrent && void torrents.set(hash, { ...torrent, phase });
  if (action === 'pause') set('stopped');
  else if (action === 'resume') set('downloading');
  else if (action === 'recheck') set('checking');
  else if (action === 'deleteTorrent' || action === 'deleteFiles') torrents.delete(hash);
  const others = [...torrents.values()].filter(({ hash: other }) => other !== hash);
  const sharesFiles = action === 'delete' ? others.some(({ size }) => size === torrent?.size) : null;
  return ok({ sharesFiles });
}

/** The changeable part of the world. A function that throws is a service that crashes. */
export function createScript(torrents: Map<Hash, Observation>, clock: SimulatedClock) {
  const session = { open: false };
  const silent = new Set<Hash>();
  const observed = (torrent: Observation): Observation =>
    torrent.phase === 'downloading' && !silent.has(torrent.hash)
      ? { ...torrent, downloaded: torrent.downloaded + clock.now() }
      : torrent;
  const all = (): Observations =>
    session.open ? ok([...torrents.values()].map(observed)) : failure('unauthorized');
  return {
    session,
    /** Forced torrents: their state is "downloading" although they receive no data. */
    silent,
    login: (): Login => {
      session.open = true;
      return ok({ version: '2.16.2' });
    },
    observe: (hashes: readonly Hash[]): Observations => {
      const found = all();
      return found.ok ? ok(found.value.filter(({ hash }) => hashes.includes(hash))) : found;
    },
    list: all,
    settings: (): Result<CompletionSettings> => ok(DEFAULT_COMPLETION),
    scan: (): Observations => {
      const found = all();
      return found.ok ? ok(found.value.filter(isUnfinished)) : found;
    },
    ensure: (): Result<HookCheck> =>
      session.open ? ok({ state: 'installed', written: false, reason: null }) : failure('unauthorized'),
    publish: (_: Notification): Publication => ok({ live: true }),
    allowance: (): Allowance | null => null,
    /** Whether ntfy updates cards in place, so that they can have buttons. */
    support: (): boolean | null => true,
    stream: createStream(),
    /** The result of a press; by default, qBittorrent does it. */
    execute: (input: ExecuteInput): Execution => executeOn(torrents, session.open, input),
    /** Milliseconds by which the wall clock is ahead of the timers' clock. */
    skew: 0,
    /** How many of the next requests of a kind never settle, and the signals of those that did not. */
    hangs: {} as Partial<Record<RequestName, number>>,
    hung: [] as AbortSignal[],
    newest: (limit: number): Observations => {
      const found = all();
      return found.ok ? ok(newestOf(found.value, limit)) : found;
    },
    /** The latency of each answer in milliseconds. */
    latency: {
      login: 50,
      observe: 50,
      list: 50,
      settings: 50,
      scan: 50,
      newest: 50,
      ensure: 50,
      publish: 50,
      allowance: 50,
      support: 50,
      execute: 50,
    },
    /** Keys of torrents whose actor crashes at its next observation. */
    poisoned: new Set<Hash>(),
  };
}

export type Script = ReturnType<typeof createScript>;
