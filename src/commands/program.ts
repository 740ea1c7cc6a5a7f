/** The command line: what is called how, and what that means for the exit status. */
import { Command, CommanderError } from 'commander';
import { printable } from '../util/printable.ts';
import { EXIT } from './exit.ts';
import { complain } from './terminal.ts';

/** What a command needs is loaded when it is called. A number is an exit status. */
type Run = (options: Record<string, string | boolean | undefined>) => Promise<number | void>;

const program = new Command('qbit-ntfy-sidecar')
  .description(
    "Follows qBittorrent's downloads on a phone that runs ntfy. All settings come from the environment.",
  )
  .usage('[command] [options]')
  .helpCommand(false)
  .configureOutput({ writeErr: (text) => complain(text.trimEnd()) })
  .exitOverride();

command('serve', 'follow the downloads until a signal ends it; what runs without a command', async () =>
  (await import('./serve.ts')).serve(),
);
command('demo', 'show the whole thing on embedded servers, with nothing to set up', async () =>
  (await import('../demo/index.ts')).demo(),
);
command('doctor', 'check the whole set-up, and say what to do where it is wrong', async ({ json }) =>
  (await import('./doctor.ts')).doctor({ json: json === true }),
).option('--json', 'print JSON');
command('install-hook', 'make qBittorrent call the sidecar, never over a command of yours', async (options) =>
  (await import('./hooks.ts')).installHook(options),
)
  .option('--url <address>', 'where qBittorrent reaches the hook API, like http://sidecar:9090')
  .option('--tool <program>', 'what calls it: curl or wget')
  .option('--only <hook>', 'only one of the two: added or finished');
command('uninstall-hook', "leave qBittorrent's hook settings as they were before", async () =>
  (await import('./hooks.ts')).uninstallHook(),
);
command('test-notification', 'send a quiet card, move it, and make one sound', async () =>
  (await import('./test-notification.ts')).testNotification(),
);
command('healthcheck', 'ask the sidecar on this machine whether it lives: exit status 0 or 1', async () =>
  (await import('./healthcheck.ts')).healthcheck(),
);

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

/** Runs what is called, and sets the exit status. Help and misuse are answered here. */
export async function runProgram(args: string[]): Promise<void> {
  const [name = ''] = args;
  const known = program.commands.map((known) => known.name());
  if (!name.startsWith('-') && !known.includes(name)) {
    complain(
      `There is no command "${printable(name).slice(0, 40)}". There are: ${known.join(', ')}. Each explains itself with --help.`,
    );
    process.exitCode = EXIT.usage;
    return;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    // Help and misuse have been printed already.
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}
