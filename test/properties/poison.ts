/** Torrents whose actor throws: each guard of the machine asks here first. */
import { shardMachine } from '../../machines/shard/machine.ts';
import { torrentMachine } from '../../machines/torrent/machine.ts';
import type { supervisorMachine } from '../../machines/supervisor/machine.ts';
import type { Hash } from '../../machines/domain.ts';

type Guard = (args: { context: { key: Hash } }, params: unknown) => boolean;

/** The guards in which a torrent throws, and how often yet. */
export type Poison = Map<Hash, { guard: string; times: number }>;

const guards = torrentMachine.implementations.guards as unknown as Record<string, Guard>;

export const GUARDS: readonly string[] = Object.keys(guards);

function trip(poison: Poison, key: Hash, guard: string): void {
  const dose = poison.get(key);
  if (dose === undefined || dose.guard !== guard || dose.times === 0) return;
  dose.times -= 1;
  throw new Error('a bug in one torrent');
}

const poisoned = (poison: Poison) =>
  Object.fromEntries(
    Object.entries(guards).map(([name, guard]): [string, Guard] => [
      name,
      (args, params) => {
        trip(poison, args.context.key, name);
        return guard(args, params);
      },
    ]),
  );

export function poisonable(machine: typeof supervisorMachine, poison: Poison): typeof supervisorMachine {
  const torrent = torrentMachine.provide({ guards: poisoned(poison) });
  return machine.provide({ actors: { shard: shardMachine.provide({ actors: { torrent } }) } });
}
