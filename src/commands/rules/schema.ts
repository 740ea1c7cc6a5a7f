import * as z from 'zod';
import { fileSchema } from '../../config/rules/schema.ts';
import { EXIT } from '../exit.ts';
import { processTerminal } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

/** The JSON Schema of a rules file. */
export const rulesSchema = () => ({
  ...z.toJSONSchema(fileSchema, { io: 'input' }),
  title: 'Rules of qbit-ntfy-sidecar',
});

/** Prints the JSON Schema. */
export function printSchema(terminal: Terminal = processTerminal()): number {
  for (const line of JSON.stringify(rulesSchema(), null, 2).split('\n')) terminal.out(line);
  return EXIT.ok;
}
