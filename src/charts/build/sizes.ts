/** Sizes that layout and drawing share, in pixels. */

/** Font sizes; notes, rows and labels use the small one. */
export const FONT = { name: 13, small: 11 } as const;
/** Padding left and right of a text in a box. */
export const PAD = 10;
/** Height of a box with only a name. */
export const HEAD = 28;
/** Height of a line of small text. */
export const LINE = 15;
/** Padding below the last line. */
export const FOOT = 6;
