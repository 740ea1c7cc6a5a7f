/** Sizes and comparisons of sizes, as in `size: ">= 1 GB"`. */

const UNITS: ReadonlyMap<string, number> = new Map([
  ['b', 1],
  ['kb', 1e3],
  ['mb', 1e6],
  ['gb', 1e9],
  ['tb', 1e12],
  ['kib', 2 ** 10],
  ['mib', 2 ** 20],
  ['gib', 2 ** 30],
  ['tib', 2 ** 40],
]);

const COMPARISONS: ReadonlyMap<string, (bytes: number, limit: number) => boolean> = new Map([
  ['>=', (bytes, limit) => bytes >= limit],
  ['>', (bytes, limit) => bytes > limit],
  ['<=', (bytes, limit) => bytes <= limit],
  ['<', (bytes, limit) => bytes < limit],
]);

/** `1 GB` (1,000,000,000 bytes), `1.5 GiB` (binary); in any case. `null` if it is no size. */
export function readSize(text: string): number | null {
  const [, amount, unit = ''] = /^(\d{1,15}(?:\.\d{1,9})?) ?([A-Za-z]{1,3})$/.exec(text.trim()) ?? [];
  const factor = UNITS.get(unit.toLowerCase());
  return amount === undefined || factor === undefined ? null : Number(amount) * factor;
}

/** `>= 1 GB`, with `>=`, `>`, `<=` or `<`. `null` if it is no comparison. */
export function readComparison(text: string): ((bytes: number) => boolean) | null {
  const [, operator = '', size = ''] = /^\s{0,9}([<>]=?) {0,9}(\S[^]{0,40})$/.exec(text) ?? [];
  const [compare, limit] = [COMPARISONS.get(operator), readSize(size)];
  return compare === undefined || limit === null ? null : (bytes) => compare(bytes, limit);
}
