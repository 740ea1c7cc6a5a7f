/** The sentences that are true: each says what is wrong. */
export function broken(rules: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(rules)
    .filter(([, isBroken]) => isBroken)
    .map(([sentence]) => sentence);
}
