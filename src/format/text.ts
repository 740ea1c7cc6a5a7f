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
  return truncate(withoutEncodedWords(cleanText(text)), maxBytes);
}

/** Like `safeText`, for several lines. */
export function safeLines(text: string, maxBytes: number): string {
  const lines = text.split('\n').map((line) => withoutEncodedWords(cleanText(line)));
  return truncate(lines.join('\n').trim(), maxBytes);
}

/** One line, well-formed, in reading order. */
export function cleanText(text: string): string {
  return text.toWellFormed().replace(UNSAFE, ' ').replace(/\s+/gu, ' ').trim();
}

const withoutEncodedWords = (text: string): string => text.replace(ENCODED_WORD, '=\u2060?');

/**
 * Cuts text between grapheme clusters.
 *
 * @param maxBytes UTF-8 bytes, `end` included
 */
export function truncate(text: string, maxBytes: number, end = '…'): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let bytes = Buffer.byteLength(end);
  let start = '';
  for (const { segment } of new Intl.Segmenter().segment(text.slice(0, maxBytes))) {
    bytes += Buffer.byteLength(segment);
    if (bytes > maxBytes) break;
    start += segment;
  }
  return `${start.trimEnd()}${end}`;
}

/** Whether it has anything else than format characters, spaces and line breaks, which are invisible. */
export const hasVisibleText = (text: string): boolean => /[^\p{Cf}\p{Z}\p{Cc}]/u.test(text);

/** UTF-8 bytes of a name in a line of a list, in a title and in a longer text. */
const MAX_NAME_BYTES = { line: 100, title: 200, text: 600 };

/** A torrent's name as safe text; without a visible name, the start of its hash. */
export function torrentName(
  key: string,
  name: string | null,
  place: keyof typeof MAX_NAME_BYTES = 'title',
): string {
  const text = name === null ? '' : safeText(name, MAX_NAME_BYTES[place]);
  return hasVisibleText(text) ? text : `Torrent ${key.slice(0, 8)}`;
}
