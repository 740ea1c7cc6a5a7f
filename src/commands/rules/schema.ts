import { EXIT } from '../exit.ts';
import { processTerminal } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { rulesSchema } from './json-schema.ts';

/** Prints the JSON Schema. */
export function printSchema(terminal: Terminal = processTerminal()): number {
  for (const line of JSON.stringify(rulesSchema(), null, 2).split('\n')) terminal.out(line);
  return EXIT.ok;
}
