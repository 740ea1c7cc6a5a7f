/** What fields may look like on a line: no live objects, no cycles. */

/** Depth after which a value is cut: logs are read by people, not restored from. */
const maxDepth = 5;

/** The names that pino writes itself. A field of that name would be a second key, and the last one wins. */
const reserved = new Set(['time', 'level', 'message']);

/** Makes fields plain data: errors become name and message (and stack, if wanted), cycles and depths are cut. */
export function cleanFields(fields: Record<string, unknown>, stacks: boolean): Record<string, unknown> {
  const entries = Object.entries(fields).map(([key, value]) => [
    reserved.has(key) ? `${key}_` : key,
    plain(value, stacks, []),
  ]);
  return Object.fromEntries(entries);
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
