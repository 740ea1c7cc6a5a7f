#!/usr/bin/env node
import './node-version.ts';
import { EXIT } from './commands/exit.ts';
import { printError } from './commands/terminal.ts';
import { failUnsettled } from './commands/unsettled.ts';

/** Commands that run for months or every minute start without the parser of options, to save memory and time. */
const plain: Record<string, (() => Promise<number>) | undefined> = {
  serve: async () => (await import('./commands/serve.ts')).serve(),
  healthcheck: async () => (await import('./commands/healthcheck.ts')).healthcheck(),
};

// Not awaited here: without it the bundle is a script as well as a module (rolldown.config.ts).
const command = run(process.argv.slice(2));
failUnsettled(command);
command.catch((error: unknown) => {
  printError((error instanceof Error && error.stack) || String(error));
  process.exitCode = EXIT.software;
});

async function run(args: string[]): Promise<void> {
  const [name = 'serve', ...rest] = args;
  const known = rest.length === 0 && Object.hasOwn(plain, name) ? plain[name] : undefined;
  if (known === undefined) return (await import('./commands/program.ts')).runProgram(args);
  process.exitCode = await known();
}
