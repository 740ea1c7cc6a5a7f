/** Escapes text for terminals and logs: control characters, and logins in addresses. */

/** A coloured part of a line. */
export interface Painted {
  text: string;
  colour: 'green' | 'yellow' | 'red' | 'gray';
}

/** Controls (C0, DEL, C1), line separators, and format characters, which change the direction or are invisible. */
const CONTROL_CHARACTERS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Between `://` and the last `@` before the path, the query or a quote. */
const LOGIN = /(?<=:\/\/)[^\s/?#"]*@/g;

/** One line of untrusted text: control characters become `\u001b`, a login in an address `***`. */
export function printable(text: string): string {
  return escapeControlCharacters(maskLogins(text));
}

/** In a JSON string the escapes are parsed back to the characters. */
export function escapeControlCharacters(text: string): string {
  return text.replace(CONTROL_CHARACTERS, (character) =>
    Array.from({ length: character.length }, (_, index) => escapeUnit(character.charCodeAt(index))).join(''),
  );
}

const escapeUnit = (unit: number): string => String.raw`\u${unit.toString(16).padStart(4, '0')}`;

/** Works on a line of JSON, too, which stays valid. */
export function maskLogins(text: string): string {
  return text.replace(LOGIN, '***@');
}
