import { variables } from './setting-names.ts';
import type { Environment } from './sources.ts';

/** The prefixes of settings, and common misspellings of them. */
const PREFIXES = /^(?:QBIT|QBT|NTFY|NFTY|HOOK|OPS)_/;

/** Variables that Kubernetes adds for Services whose names begin with such a prefix. */
const SERVICE_LINK = /_SERVICE_(?:HOST|PORT)(?:_|$)|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_|$)/;

/** One sentence for each variable whose name resembles a setting. Names only: values may be secrets. */
export function findTypos(env: Environment): string[] {
  return Object.keys(env).flatMap((name) => {
    if (!PREFIXES.test(name) || variables.has(name) || SERVICE_LINK.test(name)) return [];
    if (/^(?:tcp|udp|sctp):\/\//.test(env[name] ?? '')) return [];
    const setting = findNearest(name);
    return setting ? [`${name} is not a setting and was ignored. Did you mean ${setting}?`] : [];
  });
}

/** The setting at most two edits away, or one that the name begins with: `QBIT_PASSWORD`. */
function findNearest(name: string): string | undefined {
  const byDistance = [...variables]
    .map((candidate) => ({ candidate, edits: editDistance(name, candidate) }))
    .toSorted((a, b) => a.edits - b.edits);
  const [best] = byDistance;
  if (best && best.edits <= 2) return best.candidate;
  return byDistance.find(({ candidate }) => name.startsWith(candidate))?.candidate;
}

/** Levenshtein's distance: single-character insertions, deletions and replacements. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const replaced = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
