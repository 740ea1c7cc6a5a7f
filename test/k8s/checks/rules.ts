/** The sentences whose condition is true: each names a fault. */
export function broken(rules: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(rules)
    .filter(([, isBroken]) => isBroken)
    .map(([sentence]) => sentence);
}
