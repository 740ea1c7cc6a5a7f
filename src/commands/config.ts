import { parseConfig } from '../config/index.ts';
import type { Config } from '../config/index.ts';
import type { Terminal } from './terminal.ts';

/** Reads the configuration; prints its problems and returns `null` when it is invalid. */
export function configOf({ env, err }: Terminal): Config | null {
  const parsed = parseConfig(env);
  if (!parsed.ok) {
    for (const line of parsed.message.split('\n')) err(line);
    return null;
  }
  for (const warning of parsed.warnings) err(warning);
  return parsed.config;
}
