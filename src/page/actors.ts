import type { AnyActorRef, StateValue } from 'xstate';
import { selectShardId } from '../../machines/supervisor/selectors.ts';
import type { MachineName } from '../inspector/index.ts';
import { pathOf } from '../util/state-path.ts';
import type { Supervisor } from '../app/status.ts';

/** The actors whose chart is opened by name; a torrent's is opened by its key. */
export const SERVICES = [
  'supervisor',
  'session',
  'watcher',
  'outbox',
  'incident',
  'discovery',
  'hookInstaller',
  'digest',
  'quiet',
  'remote',
] as const satisfies readonly MachineName[];

/** The actor whose chart is shown. */
export interface ShownActor {
  /** The actor's ID. */
  id: string;
  machine: MachineName;
  /** Its parents, the root first. */
  parents: readonly string[];
}

/** Parses the `show` parameter of the URL, untrusted text. `null` if no actor can have this ID. */
export function findShownActor(text: string | undefined, supervisor: Supervisor): ShownActor | null {
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

/** The state of an actor; `null` if it is not running. */
export function stateOf(supervisor: Supervisor, { id, parents }: ShownActor): string | null {
  const path = [...parents, id].slice(1);
  const actor = path.reduce<AnyActorRef | undefined>(
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
