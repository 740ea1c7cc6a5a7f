/** Longer names are no misspelling, and comparing them would take long. */
const MAX_LENGTH = 64;

/** The candidate at most two edits (and half of the name) away, or one that the name begins with: `QBIT_PASSWORD`. */
export function findNearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > MAX_LENGTH) return undefined;
  const byDistance = [...candidates]
    .map((candidate) => ({ candidate, edits: editDistance(name, candidate) }))
    .toSorted((a, b) => a.edits - b.edits);
  const [best] = byDistance;
  if (best && best.edits <= 2 && 2 * best.edits <= name.length) return best.candidate;
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
