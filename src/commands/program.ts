/** The command line: the commands, their options, and exit statuses. */
import { Command, CommanderError } from 'commander';
import { printable } from '../util/printable.ts';
import { EXIT } from './exit.ts';
import { addRulesCommands } from './rules/program.ts';
import { printError } from './terminal.ts';

/** Each command loads its modules when it runs. A number is an exit status. */
type Run = (options: Record<string, string | boolean | undefined>) => Promise<number | void>;

const program = new Command('qbit-ntfy-sidecar')
  .description(
    'Shows each qBittorrent download as one silently updating ntfy notification. All settings come from the environment.',
  )
  .usage('[command] [options]')
  .helpCommand(false)
  .configureOutput({ writeErr: (text) => printError(text.trimEnd()) })
  .exitOverride();

command('serve', 'run the sidecar until a signal ends it; the default command', async () =>
  (await import('./serve.ts')).serve(),
);
command('demo', 'run the sidecar with simulated servers, without any set-up', async () =>
  (await import('../demo/index.ts')).demo(),
);
command('doctor', 'check the whole set-up, and print how to fix each problem', async ({ json }) =>
  (await import('./doctor.ts')).doctor({ json: json === true }),
).option('--json', 'print JSON');
command('install-hook', 'install the hook in qBittorrent; never replaces another command', async (options) =>
  (await import('./hooks.ts')).installHook(options),
)
  .option('--url <address>', 'address at which qBittorrent reaches the hook API, like http://sidecar:9090')
  .option('--tool <program>', 'program that the hook runs: curl or wget')
  .option('--only <hook>', 'install only one of the two hooks: added or finished');
command('uninstall-hook', 'remove the hook from qBittorrent', async () =>
  (await import('./hooks.ts')).uninstallHook(),
);
command(
  'test-notification',
  'send a silent notification, update it, and send one with a sound',
  async ({ rule }) => {
    const { testNotification } = await import('./test-notification.ts');
    if (typeof rule !== 'string') return testNotification();
    // Only loaded when needed: the YAML parser takes memory.
    const { findTestRule } = await import('./rules/test-rule.ts');
    return testNotification(undefined, undefined, (terminal) => findTestRule(rule, terminal));
  },
).option('--rule <name>', 'send what this rule in RULES_FILE sends, to its topic');
addRulesCommands(program);
command('healthcheck', 'check whether the sidecar on this machine works: exit status 0 or 1', async () =>
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

/** Runs the command in `args`, and sets the exit status. Handles help and usage errors. */
export async function runProgram(args: string[]): Promise<void> {
  const [name = ''] = args;
  const known = program.commands.map((known) => known.name());
  if (!name.startsWith('-') && !known.includes(name)) {
    printError(
      `Unknown command "${printable(name).slice(0, 40)}". Commands: ${known.join(', ')}. Each of them has --help.`,
    );
    process.exitCode = EXIT.usage;
    return;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    // Help and usage errors have been printed already.
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}
