import { createTerminal as createReal } from '../../src/commands/terminal.ts';

/** A terminal for a test, and its output. */
export function createTerminal(env: Record<string, string>, pretty = false) {
  const lines = { out: [] as string[], err: [] as string[] };
  const terminal = createReal({
    env,
    pretty,
    out: (line) => void lines.out.push(line),
    err: (line) => void lines.err.push(line),
  });
  return {
    terminal,
    out: () => lines.out.join('\n'),
    err: () => lines.err.join('\n'),
    all: () => [...lines.out, ...lines.err].join('\n'),
  };
}
