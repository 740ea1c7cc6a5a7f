/** The output of processes, and their ends. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** The result of a command. */
export interface Ran {
  /** Exit status; `null` when a signal ended it. */
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Resolves with the first line of the output, or with the whole output when it ends before. */
export function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let [output, errors] = ['', ''];
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      if (output.includes('\n')) resolve(output.slice(0, output.indexOf('\n')));
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      errors += chunk;
    });
    child.once('error', (error) => resolve(error.message));
    child.once('close', () => resolve(errors.trim()));
  });
}

/** Waits for its end. */
export async function collect(child: ChildProcess): Promise<Ran> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout, stderr };
}
