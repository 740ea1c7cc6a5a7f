import { parseConfig } from '../config/index.ts';
import { createLogger } from '../log/index.ts';
import { start } from '../main.ts';
import { EXIT } from './exit.ts';

/** Runs the sidecar until a signal ends it. The exit status when it could not start. */
export async function serve(): Promise<number> {
  const parsed = parseConfig(process.env);
  if (!parsed.ok) {
    process.stderr.write(`${parsed.message}\n`);
    return EXIT.config;
  }
  const { config, warnings } = parsed;
  const log = createLogger({ level: config.logLevel });
  for (const warning of warnings) log.warn(warning);
  const { promise: signalled, resolve } = Promise.withResolvers<void>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  try {
    const sidecar = await start({ config, log });
    const failed = sidecar.failed.then(() => EXIT.software);
    const code = await Promise.race([failed, signalled.then(() => EXIT.ok)]);
    log.info('stopping');
    await sidecar.stop();
    // Whatever still holds the process (a look-up, a socket) is not waited for.
    process.exit(code);
  } catch (error) {
    log.error(error instanceof Error ? error.message : 'could not start');
    return EXIT.failed;
  }
}
