import { diagnose, isHealthy, report, reportJson } from '../doctor/index.ts';
import { EXIT } from './exit.ts';
import { processTerminal } from './terminal.ts';
import type { Terminal } from './terminal.ts';

/** Prints the findings; 0 when no check failed, 1 otherwise. */
export async function doctor(
  options: { json: boolean },
  terminal: Terminal = processTerminal(),
): Promise<number> {
  const findings = await diagnose(terminal.env);
  const lines = options.json ? reportJson(findings) : report(findings, terminal);
  for (const line of lines) terminal.out(...line);
  return isHealthy(findings) ? EXIT.ok : EXIT.failed;
}
