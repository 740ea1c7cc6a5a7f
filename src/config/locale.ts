/** Characters of a language tag; real ones have fewer than 40. */
const MAX_LENGTH = 100;

/** A language tag in its canonical form; `undefined` if it is invalid, or Node has no data for its language. */
export function readLocale(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  try {
    const [locale] = Intl.DateTimeFormat.supportedLocalesOf(text);
    return locale;
  } catch {
    return undefined;
  }
}
