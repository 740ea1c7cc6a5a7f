/**
 * `npm run dev`: the sidecar with readable logs and the inspector, restarted when a file changes.
 *
 * This folder is not shipped: the bundle does not import it, and it may import development dependencies.
 */
import { existsSync } from 'node:fs';
import { EXIT } from '../commands/exit.ts';
import { serve } from '../commands/serve.ts';
import { printError } from '../commands/terminal.ts';
import { startEmbedded } from './embedded.ts';
import { createInspectorExtension, parseInspect } from './inspector.ts';

process.exitCode = await develop();

async function develop(): Promise<number> {
  if (existsSync('.env')) process.loadEnvFile();
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  try {
    const port = parseInspect(given['INSPECT']);
    const inspector = port === null ? [] : [createInspectorExtension(port)];
    const isReal = given['QBIT_HOST'] !== undefined;
    const embedded = isReal ? null : await startEmbedded();
    const extensions = embedded === null ? inspector : [...inspector, embedded.play];
    const env = { LOG_LEVEL: 'debug', ...embedded?.env, ...given };
    const status = await serve({ env, pretty: true, extensions });
    // It could not start: the embedded servers would prevent the process from ending.
    await embedded?.stop();
    return status;
  } catch (error) {
    printError(error instanceof Error ? error.message : String(error));
    return EXIT.config;
  }
}
