/** Estimates the maximum width of text. No font is available when charts are drawn, and the displayed font is unknown. */

/**
 * Widths by kind of character, in hundredths of the font size, in DejaVu Sans, which is wider than the usual `system-ui`
 * fonts.
 */
const kinds: ReadonlyArray<readonly [RegExp, number]> = [
  [/[ijl|'.,:;!]/, 34],
  [/[ ftr()[\]/-]/, 42],
  [/[mwMW@%]/, 99],
  [/[A-Z_&+=<>#~]/, 84],
];
const other = 65;
/** Characters beyond ASCII: as wide as the font size. */
const nonAscii = 100;

const widthOf = (character: string): number =>
  character > '~' ? nonAscii : (kinds.find(([kind]) => kind.test(character))?.[1] ?? other);

/** The width of a line in pixels, for a font of this size; bold is a tenth wider. */
export function textWidth(text: string, size: number, weight: 'normal' | 'bold' = 'normal'): number {
  const hundredths = Array.from(text).reduce((sum, character) => sum + widthOf(character), 0);
  return Math.ceil((hundredths * size * (weight === 'bold' ? 1.1 : 1)) / 100);
}

/** The width of the widest line. */
export function blockWidth(lines: readonly string[], size: number): number {
  return Math.max(0, ...lines.map((line) => textWidth(line, size)));
}

/** Wraps a text between words into lines of at most this width; a longer word has its own line. */
export function wrap(text: string, width: number, size: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(longer, size) <= width) lines.pop();
    lines.push(textWidth(longer, size) <= width ? longer : word);
  }
  return lines;
}
