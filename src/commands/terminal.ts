/** Where a command reads its settings and writes what it has to say; in tests, wherever they like. */
export interface Terminal {
  env: Record<string, string | undefined>;
  /** One line, or several; without its newline. */
  out: (line: string) => void;
  err: (line: string) => void;
  /** Whether a person looks: colours and symbols. */
  pretty: boolean;
}

/** The process's own. A reader that goes away (`| head`) ends the command, not with a crash. */
export function processTerminal(): Terminal {
  process.stdout.once('error', () => process.exit());
  return {
    env: process.env,
    out(line) {
      process.stdout.write(`${line}\n`);
    },
    err(line) {
      process.stderr.write(`${line}\n`);
    },
    pretty: process.stdout.isTTY && !process.env['NO_COLOR'],
  };
}
