/** `npm start` and `npm run demo`: the bundle, built when it is older than its sources, with the flags of the image. */
import { printError } from '../commands/terminal.ts';
import { ensureBundle } from './bundle.ts';
import { launch } from './launch.ts';
import { startOptions } from './shipped.ts';

try {
  const { flags, env } = startOptions(process.env);
  launch([...flags, await ensureBundle(), ...process.argv.slice(2)], env);
} catch (error) {
  printError(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
