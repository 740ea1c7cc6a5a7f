import type { Logger } from './index.ts';

/** Nested causes that are logged. */
const MAX_CAUSES = 3;

/**
 * Logs an unexpected exception as a bug in this program, as opposed to a failure of a server, a disk or a setting, with
 * its stack at every level.
 *
 * @param what the consequence, for example 'a request failed'
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
