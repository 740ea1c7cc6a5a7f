/** The completions that were sent lately, in the store: a ring of facts, so that each is a small write. */
import * as z from 'zod';
import { MAX_RECENT_COMPLETIONS } from '../../machines/supervisor/recent-completions.ts';
import type { RecentCompletion } from '../../machines/supervisor/recent-completions.ts';
import type { Store } from './index.ts';

const COMPLETED = 'completed:';

/** A stored completion and its number, which increases. */
const numbered = z.object({
  number: z.int().nonnegative(),
  hash: z.string().regex(/^[0-9a-f]{40}$/),
  finishedAt: z.number().nonnegative(),
});

/** The completions that were sent lately. */
export interface StoredCompletions {
  /** Those of earlier processes, the oldest first. */
  readonly restored: readonly RecentCompletion[];
  /** Stores one, in place of the oldest. */
  add(completion: RecentCompletion): void;
}

export function createRecentCompletions(store: Pick<Store, 'facts' | 'setFact'>): StoredCompletions {
  const stored = Array.from(store.facts)
    .flatMap(([name, value]) => (name.startsWith(COMPLETED) ? (numbered.safeParse(value).data ?? []) : []))
    .toSorted((a, b) => a.number - b.number);
  let next = (stored.at(-1)?.number ?? -1) + 1;
  return {
    restored: stored.map(({ hash, finishedAt }) => ({ hash, finishedAt })),
    add(completion) {
      const name = `${COMPLETED}${next % MAX_RECENT_COMPLETIONS}`;
      store.setFact(name, { number: next, ...completion }, 'soon');
      next += 1;
    },
  };
}
