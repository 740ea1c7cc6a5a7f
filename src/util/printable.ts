/** What may reach a terminal or a log: no character that acts, no login in an address. */

/** A part of a line that has a colour, where there are colours. */
export interface Painted {
  text: string;
  colour: 'green' | 'yellow' | 'red' | 'gray';
}

/** Controls (C0, DEL, C1), line separators, and characters of format: those that turn the reading direction, or hide. */
const ACTING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Between `://` and the last `@` before the path, the query or a quote. */
const LOGIN = /(?<=:\/\/)[^\s/?#"]*@/g;

/** One line of text from anywhere: what would act on a terminal shows as `\u001b`, a login in an address as `***`. */
export function printable(text: string): string {
  return escapeActing(maskLogins(text));
}

/** Inside a string of JSON the escapes read back as what they stand for. */
export function escapeActing(text: string): string {
  return text.replace(ACTING, (character) =>
    Array.from({ length: character.length }, (_, index) => escapeUnit(character.charCodeAt(index))).join(''),
  );
}

const escapeUnit = (unit: number): string => String.raw`\u${unit.toString(16).padStart(4, '0')}`;

/** Also of a line of JSON, which stays one. */
export function maskLogins(text: string): string {
  return text.replace(LOGIN, '***@');
}
