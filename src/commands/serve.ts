import { parseConfig } from '../config/index.ts';
import type { Config } from '../config/index.ts';
import { logBug } from '../log/bug.ts';
import { createLogger } from '../log/index.ts';
import type { Logger } from '../log/index.ts';
import { start } from '../app/start.ts';
import type { Sidecar } from '../app/start.ts';
import { StartError } from '../util/start-error.ts';
import { collectGarbageWhenIdle } from '../app/memory.ts';
import { EXIT } from './exit.ts';
import { printError } from './terminal.ts';

/** Something that runs next to the sidecar, until the returned function is called. */
export type Beside = (
  sidecar: Sidecar,
  deps: { config: Config; log: Logger },
) => Promise<(() => Promise<void>) | null>;

export interface ServeOptions {
  env?: Record<string, string | undefined>;
  /** Default: whether stdout is a terminal. */
  pretty?: boolean;
  /** For development; default: nothing. */
  beside?: readonly Beside[];
}

/** Runs the sidecar until a signal ends it. The exit status when it could not start. */
export async function serve({ env = process.env, pretty, beside }: ServeOptions = {}): Promise<number> {
  const parsed = parseConfig(env);
  if (!parsed.ok) {
    printError(parsed.message);
    return EXIT.config;
  }
  const { config, warnings } = parsed;
  const log = createLogger({ level: config.logLevel, ...(pretty === undefined ? {} : { pretty }) });
  for (const warning of warnings) log.warn(warning);
  if (beside === undefined && env['INSPECT'])
    log.warn(
      'INSPECT is ignored: the inspector is only available in development, with `npm run dev` in a checkout',
    );
  process.once('uncaughtException', (error, origin) => {
    // Also for unhandled rejections. The state survives it, and the service manager restarts the process.
    log.error('a bug in this program ends the process, please report it', { error, origin });
    process.exit(EXIT.software);
  });
  const { promise: signalled, resolve } = Promise.withResolvers<void>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  try {
    const sidecar = await start({ config, log });
    collectGarbageWhenIdle(sidecar.supervisor);
    const failed = sidecar.failed.then(() => EXIT.software);
    const company = await Promise.all((beside ?? []).map((begin) => begin(sidecar, { config, log })));
    const code = await Promise.race([failed, signalled.then(() => EXIT.ok)]);
    log.info('stopping');
    await Promise.all([sidecar.stop(), ...company.map((end) => end?.())]);
    // Without waiting for what still keeps the process alive (a DNS query, a socket).
    process.exit(code);
  } catch (error) {
    if (error instanceof StartError) log.error(error.message, { error });
    else logBug(log, 'could not start', error);
    return EXIT.failed;
  }
}
