/** How the sidecar is shipped: the bundle, and the flags and environment of the Dockerfile's last stage. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const BUNDLE = join(ROOT, 'dist', 'sidecar.js');

export interface Shipped {
  /** What stands before the bundle on node's command line. */
  flags: string[];
  env: Record<string, string>;
}

/** Builds the bundle as `npm run build` does. `file`: default `BUNDLE`. */
export function build(file = BUNDLE): void {
  const rolldown = join(ROOT, 'node_modules', 'rolldown', 'bin', 'cli.mjs');
  execFileSync(process.execPath, [rolldown, '-c', 'rolldown.config.ts', '--file', file], {
    cwd: ROOT,
    stdio: 'pipe',
  });
}

const readDockerfile = (): string => readFileSync(join(ROOT, 'Dockerfile'), 'utf8');

/** The lines of the last stage. */
function linesOf(dockerfile: string): string[] {
  const stage = dockerfile
    .replace(/\\\n/g, ' ')
    .split(/^FROM .*$/m)
    .at(-1);
  return (stage ?? '').split('\n').map((line) => line.trim());
}

/** What the image asks of itself, without the name of its Node, and how often. */
export function readHealthcheck(dockerfile = readDockerfile()): { args: string[]; interval: string } {
  const line = linesOf(dockerfile).find((line) => line.startsWith('HEALTHCHECK ')) ?? '';
  const [, interval, command] = /--interval=(\w+) .*CMD (\[.*\])$/.exec(line) ?? [];
  if (interval === undefined || command === undefined)
    throw new Error('the Dockerfile has no HEALTHCHECK with an interval and a command in brackets');
  return { args: (JSON.parse(command) as string[]).slice(1), interval };
}

/** Reads them from the Dockerfile, so that what is measured is what is shipped. */
export function readShipped(dockerfile = readDockerfile()): Shipped {
  const lines = linesOf(dockerfile);
  const command = ['ENTRYPOINT', 'CMD'].flatMap((name) => {
    const line = lines.findLast((line) => line.startsWith(`${name} [`));
    return line === undefined ? [] : (JSON.parse(line.slice(name.length)) as string[]);
  });
  const end = command.findIndex((argument) => argument.endsWith('.js'));
  if (end === -1) throw new Error('the Dockerfile has no command in brackets that names a .js file');
  return {
    flags: command.slice(0, end).filter((argument) => argument.startsWith('-')),
    env: Object.fromEntries(
      lines
        .filter((line) => line.startsWith('ENV '))
        .flatMap((line) => line.match(/\w+=(?:"[^"]*"|\S+)/g) ?? [])
        .map((pair) => [pair.replace(/=.*$/, ''), pair.replace(/^\w+="?|"$/g, '')]),
    ),
  };
}
