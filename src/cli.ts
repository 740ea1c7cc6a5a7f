#!/usr/bin/env node
import './node-version.ts';
import { Command, CommanderError } from 'commander';
import { EXIT } from './commands/exit.ts';

/** What a command needs is loaded when it is called, so that `serve` starts fast. A number is an exit status. */
type Run = (options: Record<string, string | boolean | undefined>) => Promise<number | void>;

const program = new Command('qbit-ntfy-sidecar')
  .description(
    "Follows qBittorrent's downloads on a phone that runs ntfy. All settings come from the environment.",
  )
  .usage('[command] [options]')
  .helpCommand(false)
  .exitOverride();

command('serve', 'follow the downloads until a signal ends it; what runs without a command', async () =>
  (await import('./commands/serve.ts')).serve(),
);
command('demo', 'show the whole thing on embedded servers, with nothing to set up', async () =>
  (await import('./demo/index.ts')).demo(),
);
command('doctor', 'check the whole set-up, and say what to do where it is wrong', async ({ json }) =>
  (await import('./commands/doctor.ts')).doctor({ json: json === true }),
).option('--json', 'print JSON');
command('install-hook', 'make qBittorrent call the sidecar, never over a command of yours', async (options) =>
  (await import('./commands/hooks.ts')).installHook(options),
)
  .option('--url <address>', 'where qBittorrent reaches the hook API, like http://sidecar:9090')
  .option('--tool <program>', 'what calls it: curl or wget')
  .option('--only <hook>', 'only one of the two: added or finished');
command('uninstall-hook', "leave qBittorrent's hook settings as they were before", async () =>
  (await import('./commands/hooks.ts')).uninstallHook(),
);
command('test-notification', 'send a quiet card, move it, and make one sound', async () =>
  (await import('./commands/test-notification.ts')).testNotification(),
);
command('healthcheck', 'ask the sidecar on this machine whether it lives: exit status 0 or 1', async () =>
  (await import('./commands/healthcheck.ts')).healthcheck(),
);

await main(process.argv.slice(2));

function command(name: string, description: string, run: Run): Command {
  return program
    .command(name)
    .description(description)
    .allowExcessArguments(false)
    .action(async (options: Parameters<Run>[0]) => {
      const status = await run(options);
      if (status !== undefined) process.exitCode = status;
    });
}

async function main(args: string[]): Promise<void> {
  const [name = 'serve'] = args;
  const known = program.commands.map((known) => known.name());
  if (!name.startsWith('-') && !known.includes(name)) {
    process.stderr.write(
      `There is no command "${name.slice(0, 40)}". There are: ${known.join(', ')}. Each explains itself with --help.\n`,
    );
    process.exitCode = EXIT.usage;
    return;
  }
  try {
    await program.parseAsync(args.length === 0 ? [name] : args, { from: 'user' });
  } catch (error) {
    // Help and misuse have been printed already.
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}
