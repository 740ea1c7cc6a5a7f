import type { AnyActorRef, StateValue } from 'xstate';
import { selectShardId } from '../../machines/supervisor/selectors.ts';
import type { MachineName } from '../inspector/index.ts';
import { pathOf } from '../util/state-path.ts';
import type { Supervisor } from '../app/status.ts';

/** The actors whose chart can be asked for by name; torrents are asked for by their keys. */
export const SERVICES = [
  'supervisor',
  'session',
  'watcher',
  'outbox',
  'incident',
  'discovery',
  'hookInstaller',
] as const satisfies readonly MachineName[];

/** Whose chart is shown. */
export interface Shown {
  /** The actor's ID. */
  id: string;
  machine: MachineName;
  /** Its parents, the root first. */
  parents: readonly string[];
}

/** Reads the `show` of an address: the caller's text. `null` where it names no actor that there could be. */
export function shownOf(text: string | undefined, supervisor: Supervisor): Shown | null {
  if (text === undefined) return null;
  const service = SERVICES.find((id) => id === text);
  if (service !== undefined) {
    return { id: service, machine: service, parents: service === 'supervisor' ? [] : ['supervisor'] };
  }
  if (/^shard\.[0-9a-f]{2}$/.test(text)) return { id: text, machine: 'shard', parents: ['supervisor'] };
  if (!/^[0-9a-f]{40}$/.test(text)) return null;
  const shard = selectShardId(supervisor.getSnapshot(), text);
  return { id: text, machine: 'torrent', parents: ['supervisor', shard] };
}

/** The state that an actor is in; `null` where there is no such actor now. */
export function stateOf(supervisor: Supervisor, { id, parents }: Shown): string | null {
  const way = [...parents, id].slice(1);
  const actor = way.reduce<AnyActorRef | undefined>(
    (actor, child) => snapshotOf(actor)?.children[child],
    supervisor,
  );
  const snapshot = snapshotOf(actor);
  return snapshot === undefined ? null : pathOf(snapshot.value);
}

interface Snapshot {
  value: StateValue;
  children: Record<string, AnyActorRef | undefined>;
}

const snapshotOf = (actor: AnyActorRef | undefined) => actor?.getSnapshot() as Snapshot | undefined;
