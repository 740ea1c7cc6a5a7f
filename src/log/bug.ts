import type { Logger } from './index.ts';

/** Causes of causes that are written. */
const MAX_CAUSES = 3;

/**
 * Logs an exception that nothing expected. It says that it is a bug of this program and no fault of a server, a disk
 * or a setting, and writes the stack at every level.
 *
 * @param what what could not be done, as the end of a sentence
 */
export function logBug(
  log: Logger,
  what: string,
  error: unknown,
  fields: Record<string, unknown> = {},
): void {
  log.error(`a bug in this program, please report it: ${what}`, { ...fields, error: withStack(error) });
}

function withStack(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error) || depth > MAX_CAUSES) return error;
  const { name, message, stack, cause } = error;
  return { name, message, stack, ...(cause !== undefined && { cause: withStack(cause, depth + 1) }) };
}
