/** What layout and drawing have to agree on, in pixels. */

/** Sizes of the fonts; notes, rows and labels have the small one. */
export const FONT = { name: 13, small: 11 } as const;
/** Left and right of a text in a box. */
export const PAD = 10;
/** A box with only a name. */
export const HEAD = 28;
/** A line of small text. */
export const LINE = 15;
/** Below the last line. */
export const FOOT = 6;
