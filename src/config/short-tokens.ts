/** Characters. A random token of this length cannot be guessed with ten attempts per minute and network. */
const MIN_LENGTH = 16;

/** One sentence for each access token that is short enough to be guessed. */
export function findShortTokens(values: Readonly<Record<string, string>>): string[] {
  return ['HOOK_TOKEN', 'OPS_TOKEN'].flatMap((name) => {
    const { length } = values[name] ?? '';
    if (length === 0 || length >= MIN_LENGTH) return [];
    return [
      `${name} has fewer than ${MIN_LENGTH} characters and can be guessed. Create a longer one: openssl rand -hex 16`,
    ];
  });
}
