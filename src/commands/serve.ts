import { isatty } from 'node:tty';
import { parseConfig } from '../config/index.ts';
import type { Config } from '../config/index.ts';
import { logBug } from '../log/bug.ts';
import { createLogger } from '../log/index.ts';
import type { Logger } from '../log/index.ts';
import { startRules } from '../app/rules.ts';
import type { RunningRules } from '../app/rules.ts';
import { start } from '../app/start.ts';
import type { Sidecar } from '../app/start.ts';
import { StartError } from '../util/start-error.ts';
import { collectGarbageWhenIdle } from '../app/memory.ts';
import { EXIT } from './exit.ts';
import { printError } from './terminal.ts';

/** Starts something that runs with the sidecar. The returned function stops it. */
export type Extension = (
  sidecar: Sidecar,
  deps: { config: Config; log: Logger },
) => Promise<(() => Promise<void>) | null>;

export interface ServeOptions {
  env?: Record<string, string | undefined>;
  /** Default: whether stdout is a terminal. */
  pretty?: boolean;
  /** For development; default: none. */
  extensions?: readonly Extension[];
}

/** Runs the sidecar until a signal ends it. Returns the exit status if it could not start. */
export async function serve({ env = process.env, pretty, extensions }: ServeOptions = {}): Promise<number> {
  const parsed = parseConfig(env);
  if (!parsed.ok) {
    printError(parsed.message);
    return EXIT.config;
  }
  const { config, warnings } = parsed;
  const log = createLogger({ level: config.logLevel, ...(pretty === undefined ? {} : { pretty }) });
  for (const warning of warnings) log.warn(warning);
  if (extensions === undefined && env['INSPECT'])
    log.warn(
      'INSPECT is ignored: the inspector is only available in development, with `npm run dev` in a checkout',
    );
  const opened = await startRules(config, log);
  if (!opened.ok) {
    printError(opened.message);
    return EXIT.config;
  }
  recheckOnSignal(opened.rules);
  process.once('uncaughtException', (error, origin) => {
    // Also for unhandled rejections. The state is stored, and the service manager restarts the process.
    log.error('a bug in this program ends the process, please report it', { error, origin });
    process.exit(EXIT.software);
  });
  const { promise: signalled, resolve } = Promise.withResolvers<void>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  try {
    const sidecar = await start({ config, log, ...opened.rules });
    collectGarbageWhenIdle(sidecar.supervisor);
    const failed = sidecar.failed.then(() => EXIT.software);
    const stops = await Promise.all((extensions ?? []).map((extend) => extend(sidecar, { config, log })));
    const code = await Promise.race([failed, signalled.then(() => EXIT.ok)]);
    log.info('stopping');
    await Promise.all([sidecar.stop(), ...stops.map((stop) => stop?.())]);
    // Does not wait for pending handles, such as a DNS query or a socket.
    process.exit(code);
  } catch (error) {
    if (error instanceof StartError) log.error(error.message, { error });
    else logBug(log, 'could not start', error);
    return EXIT.failed;
  }
}

/** SIGHUP reads the rules again. Without rules, and in a terminal that is closed, it ends the process as usual. */
function recheckOnSignal(rules: RunningRules | null): void {
  if (rules === null || isatty(0) || isatty(1)) return;
  process.on('SIGHUP', () => rules.recheck());
}
