import { styleText } from 'node:util';
import { printable } from '../util/printable.ts';
import type { Painted } from '../util/printable.ts';

/** Writes one line, given in parts: whatever stands in them, it stays one, and nothing in it acts on a terminal. */
export type WriteLine = (...parts: ReadonlyArray<string | Painted>) => void;

/** Where a command reads its settings and writes what it has to say; in tests, wherever they like. */
export interface Terminal {
  env: Record<string, string | undefined>;
  out: WriteLine;
  err: WriteLine;
  /** Whether a person looks: colours and symbols. */
  pretty: boolean;
}

export interface TerminalOptions extends Pick<Terminal, 'env' | 'pretty'> {
  /** Take a finished line each, without its newline. */
  out: (line: string) => void;
  err: (line: string) => void;
}

/** Makes a terminal. Every command writes to one, so that no text from a server or from qBittorrent gets past it. */
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

/** The process's own. A reader that goes away (`| head`) ends the command, not with a crash. */
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

/** Writes lines of ours to stderr, for what is no command's. */
export function complain(text: string): void {
  for (const line of text.split('\n')) process.stderr.write(`${printable(line)}\n`);
}
