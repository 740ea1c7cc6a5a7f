import { EXIT } from './exit.ts';
import { printError } from './terminal.ts';

/**
 * Ends the process with a message and an exit status when the event loop is empty before the promise settles. Node would
 * exit with status 0 and no output.
 */
export function failUnsettled(command: Promise<unknown>): void {
  process.once('beforeExit', fail);
  const removeListener = () => {
    process.off('beforeExit', fail);
  };
  command.then(removeListener, removeListener);
}

function fail(): void {
  printError('The command ended without a result. This is a bug: please report it.');
  process.exitCode = EXIT.software;
}
