import { styleText } from 'node:util';
import { printable } from '../util/printable.ts';
import type { Painted } from '../util/printable.ts';

/** Writes one line, given in parts. Newlines and control characters in them are escaped. */
export type WriteLine = (...parts: ReadonlyArray<string | Painted>) => void;

/** The environment and the output of a command; replaced in tests. */
export interface Terminal {
  env: Record<string, string | undefined>;
  out: WriteLine;
  err: WriteLine;
  /** Whether to use colours and symbols. */
  pretty: boolean;
}

export interface TerminalOptions extends Pick<Terminal, 'env' | 'pretty'> {
  /** Each receives a line, without its newline. */
  out: (line: string) => void;
  err: (line: string) => void;
}

/** Creates a terminal. Every command writes to one, so that all text from servers is escaped. */
export function createTerminal({ env, pretty, out, err }: TerminalOptions): Terminal {
  const writeTo =
    (write: (line: string) => void): WriteLine =>
    (...parts) =>
      write(parts.map((part) => draw(part, pretty)).join(''));
  return { env, pretty, out: writeTo(out), err: writeTo(err) };
}

function draw(part: string | Painted, pretty: boolean): string {
  if (typeof part === 'string') return printable(part);
  const text = printable(part.text);
  return pretty ? styleText(part.colour, text, { validateStream: false }) : text;
}

/** The terminal of the process. A reader that closes the pipe (`| head`) ends the command without an error. */
export function processTerminal(): Terminal {
  process.stdout.once('error', () => process.exit());
  return createTerminal({
    env: process.env,
    pretty: process.stdout.isTTY && !process.env['NO_COLOR'],
    out(line) {
      process.stdout.write(`${line}\n`);
    },
    err(line) {
      process.stderr.write(`${line}\n`);
    },
  });
}

/** Writes lines to stderr, outside of commands. */
export function printError(text: string): void {
  for (const line of text.split('\n')) process.stderr.write(`${printable(line)}\n`);
}
