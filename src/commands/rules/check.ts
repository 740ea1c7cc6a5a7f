import { EXIT } from '../exit.ts';
import { processTerminal } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { readSource } from './source.ts';

/** Prints every problem of a rules file; 0 if there is none, 1 otherwise. */
export function checkRules(file: string | undefined, terminal: Terminal = processTerminal()): number {
  const source = readSource(file, terminal);
  if (typeof source === 'number') return source;
  for (const warning of source.warnings) terminal.err(warning);
  const { length } = source.rules.rules;
  terminal.out(`${source.path} is valid: ${length === 1 ? '1 rule' : `${length} rules`}.`);
  return EXIT.ok;
}
