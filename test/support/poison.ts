/** Torrents whose actor throws: each guard of the machine first calls `isPoisoned`. */
import type { Hash } from '../../machines/domain.ts';
import { shardMachine } from '../../machines/shard/machine.ts';
import type { supervisorMachine } from '../../machines/supervisor/machine.ts';
import { torrentMachine } from '../../machines/torrent/machine.ts';

type GuardsOf<Options> = Options extends { guards?: infer Guards } ? Extract<keyof Guards, string> : never;

/** The name of a guard of the torrent machine. */
export type GuardName = GuardsOf<Parameters<typeof torrentMachine.provide>[0]>;

type Guard = (args: { context: { key: Hash } }, params: unknown) => boolean;

const guards = torrentMachine.implementations.guards as unknown as Record<string, Guard>;

/** The names of the torrent machine's guards. */
export const GUARDS = Object.keys(guards) as readonly GuardName[];

/** The machine, in which the actor of a torrent crashes in each guard for which `isPoisoned` returns `true`. */
export function poisonable(
  machine: typeof supervisorMachine,
  isPoisoned: (key: Hash, guard: string) => boolean,
): typeof supervisorMachine {
  const poisoned = Object.entries(guards).map(([name, guard]): [string, Guard] => [
    name,
    (args, params) => {
      if (isPoisoned(args.context.key, name)) throw new Error('a bug in one torrent');
      return guard(args, params);
    },
  ]);
  const torrent = torrentMachine.provide({ guards: Object.fromEntries(poisoned) });
  return machine.provide({ actors: { shard: shardMachine.provide({ actors: { torrent } }) } });
}
