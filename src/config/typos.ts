import { variables } from './settings.ts';
import type { Environment } from './sources.ts';

/** Our prefixes, and how they are commonly misspelt. */
const ours = /^(?:QBIT|QBT|NTFY|NFTY|HOOK|OPS)_/;

/** What Kubernetes adds for Services that happen to be called like our prefixes. */
const serviceLink = /_SERVICE_(?:HOST|PORT)(?:_|$)|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_|$)/;

/** One sentence for each variable that looks like a misspelt setting. Names only: values may be secrets. */
export function findTypos(env: Environment): string[] {
  return Object.keys(env).flatMap((name) => {
    if (!ours.test(name) || variables.has(name) || serviceLink.test(name)) return [];
    if (/^(?:tcp|udp|sctp):\/\//.test(env[name] ?? '')) return [];
    const meant = nearest(name);
    return meant ? [`${name} is not a setting and was ignored. Did you mean ${meant}?`] : [];
  });
}

/** The setting at most two edits away, or the one that the name only lengthens: `QBIT_PASSWORD`. */
function nearest(name: string): string | undefined {
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
