import { EXIT } from './exit.ts';
import { complain } from './terminal.ts';

/**
 * Ends the process with a message and an exit status where nothing is left that could settle the promise: Node would
 * end with status 0 and without a word.
 */
export function failUnsettled(command: Promise<unknown>): void {
  process.once('beforeExit', fail);
  const forget = () => {
    process.off('beforeExit', fail);
  };
  command.then(forget, forget);
}

function fail(): void {
  complain('The command ended without a result. This is a bug: please report it.');
  process.exitCode = EXIT.software;
}
