/** Characters. Ten guesses a minute from each network do not find a random one of that length. */
const MIN_LENGTH = 16;

/** One sentence for each token that callers show, and that is short enough to be guessed. */
export function findShortTokens(values: Readonly<Record<string, string>>): string[] {
  return ['HOOK_TOKEN', 'OPS_TOKEN'].flatMap((name) => {
    const { length } = values[name] ?? '';
    if (length === 0 || length >= MIN_LENGTH) return [];
    return [
      `${name} has fewer than ${MIN_LENGTH} characters and may be guessed. Make one: openssl rand -hex 16`,
    ];
  });
}
