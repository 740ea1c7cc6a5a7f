/** C0 and C1 controls, line breaks, and the characters that can reorder the text around them. */
const UNSAFE = /[\p{Cc}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]+/gu;
/** ntfy decodes RFC 2047 encoded words even in JSON: a word joiner after `=` prevents it. */
const ENCODED_WORD = /=\?(?=[^?\s]*\?[bq]\?)/giu;

/**
 * Makes untrusted text safe to display: one line, well-formed, in reading order, not decoded by ntfy.
 *
 * @param maxBytes UTF-8 bytes; longer text is cut between grapheme clusters and ends with `…`
 */
export function safeText(text: string, maxBytes: number): string {
  const clean = text.toWellFormed().replace(UNSAFE, ' ').replace(/\s+/gu, ' ').trim();
  return truncate(clean.replace(ENCODED_WORD, '=\u2060?'), maxBytes);
}

function truncate(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let bytes = Buffer.byteLength('…');
  let start = '';
  for (const { segment } of new Intl.Segmenter().segment(text.slice(0, maxBytes))) {
    bytes += Buffer.byteLength(segment);
    if (bytes > maxBytes) break;
    start += segment;
  }
  return `${start.trimEnd()}…`;
}

/** UTF-8 bytes of a name in a title and in a longer text. */
const MAX_NAME_BYTES = { title: 200, text: 600 };

/** A torrent's name as safe text; without a visible name, the start of its hash. */
export function torrentName(
  key: string,
  name: string | null,
  place: keyof typeof MAX_NAME_BYTES = 'title',
): string {
  const text = name === null ? '' : safeText(name, MAX_NAME_BYTES[place]);
  // A name of format characters and spaces alone would be invisible.
  return /[^\p{Cf}\p{Z}]/u.test(text) ? text : `Torrent ${key.slice(0, 8)}`;
}
