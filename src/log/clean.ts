/** What fields may look like on a line: no live objects, no cycles, no character that acts on a terminal. */

/** Depth after which a value is cut: logs are read by people, not restored from. */
const maxDepth = 5;

/** The names that pino writes itself. A field of that name would be a second key, and the last one wins. */
const reserved = new Set(['time', 'level', 'message']);

/** Controls that JSON leaves as they are (DEL, C1), line separators, and marks that turn the reading direction. */
const acting = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const bidi = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

// oxlint-disable-next-line no-control-regex -- finding them is the point
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Makes fields plain data: errors become name and message (and stack, if wanted), cycles and depths are cut. */
export function cleanFields(fields: Record<string, unknown>, stacks: boolean): Record<string, unknown> {
  const entries = Object.entries(fields).map(([key, value]) => [
    reserved.has(key) ? `${key}_` : key,
    plain(value, stacks, []),
  ]);
  return Object.fromEntries(entries);
}

/** Escapes inside a line of JSON what JSON itself does not; it reads back the same. */
export function escapeLine(json: string): string {
  return json.replace(acting, unicodeEscape);
}

/** Text as a terminal may show it: controls become visible, marks that turn the reading direction go. */
export function visible(text: string): string {
  return text.replace(bidi, '').replace(control, unicodeEscape);
}

function unicodeEscape(character: string): string {
  return String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function plain(value: unknown, stacks: boolean, parents: readonly object[]): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (parents.includes(value)) return '[circular]';
  if (parents.length >= maxDepth) return '[deep]';
  const within = [...parents, value];
  if (value instanceof Error) return describe(value, stacks, within);
  // Secrets, dates and URLs say themselves how they want to be written.
  if ('toJSON' in value && typeof value.toJSON === 'function') return value;
  if (Array.isArray(value)) return value.map((item) => plain(item, stacks, within));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, stacks, within)]));
}

function describe(error: Error, stacks: boolean, parents: readonly object[]): Record<string, unknown> {
  return {
    name: error.name,
    message: error.message,
    ...('code' in error && { code: error.code }),
    ...(stacks && { stack: error.stack }),
    ...(error.cause !== undefined && { cause: plain(error.cause, stacks, parents) }),
  };
}
