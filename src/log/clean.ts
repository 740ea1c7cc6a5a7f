/** Converts the fields of a log line to plain data: no objects with methods, no cycles. */

/** Depth below which values are replaced by '[deep]'. */
const MAX_DEPTH = 5;

/** The names that pino writes itself. A field with such a name would be a duplicate key. */
const RESERVED = new Set(['time', 'level', 'message']);

/** Errors become name and message (and stack, with `stacks`); cycles and deep values are replaced. */
export function cleanFields(fields: Record<string, unknown>, stacks: boolean): Record<string, unknown> {
  const entries = Object.entries(fields).map(([key, value]) => [
    RESERVED.has(key) ? `${key}_` : key,
    plain(value, stacks, []),
  ]);
  return Object.fromEntries(entries);
}

function plain(value: unknown, stacks: boolean, parents: readonly object[]): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (parents.includes(value)) return '[circular]';
  if (parents.length >= MAX_DEPTH) return '[deep]';
  const within = [...parents, value];
  if (value instanceof Error) return describe(value, stacks, within);
  // Secrets, dates and URLs define how they are written.
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
