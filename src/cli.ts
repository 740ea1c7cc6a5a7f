import { parseConfig } from './config/index.ts';
import { createLogger } from './log/index.ts';
import { start } from './main.ts';

/** `EX_USAGE`, `EX_SOFTWARE` and `EX_CONFIG` of sysexits.h; 1 when a port can't be had. */
const EXIT = { unavailable: 1, usage: 64, software: 70, config: 78 };

/** What `npm start -- COMMAND` can run. */
const COMMANDS: Record<string, () => Promise<void>> = {
  serve,
  demo: async () => (await import('./demo/index.ts')).demo(),
};

const [command = 'serve'] = process.argv.slice(2);
const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
if (run === undefined) {
  process.stderr.write(
    `There is no command "${command.slice(0, 40)}". There are: ${Object.keys(COMMANDS).join(', ')}.\n`,
  );
  process.exitCode = EXIT.usage;
} else {
  await run();
}

/** Runs the sidecar until a signal ends it. */
async function serve(): Promise<void> {
  const parsed = parseConfig(process.env);
  if (!parsed.ok) {
    process.stderr.write(`${parsed.message}\n`);
    process.exitCode = EXIT.config;
    return;
  }
  const { config, warnings } = parsed;
  const log = createLogger({ level: config.logLevel });
  for (const warning of warnings) log.warn(warning);
  const { promise: signalled, resolve } = Promise.withResolvers<void>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  try {
    const sidecar = await start({ config, log });
    const failed = sidecar.failed.then(() => EXIT.software);
    const code = await Promise.race([failed, signalled.then(() => 0)]);
    log.info('stopping');
    await sidecar.stop();
    // Whatever still holds the process (a look-up, a socket) is not waited for.
    process.exit(code);
  } catch (error) {
    log.error(error instanceof Error ? error.message : 'could not start');
    process.exitCode = EXIT.unavailable;
  }
}
