/** How the sidecar is shipped: the flags and the environment of the Dockerfile's last stage. They are defined only there. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the checkout. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The image's state folder, which its flags let Node write to. */
const STATE_FLAG = '--allow-fs-write=/state';

export interface Shipped {
  /** Node's own options. */
  flags: string[];
  env: Record<string, string>;
}

/** The lines of the Dockerfile's last stage, continued lines joined. */
export function readLastStage(dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')): string[] {
  const stages = dockerfile.replace(/\\\n/g, ' ').split(/^FROM .*$/m);
  return (stages.at(-1) ?? '').split('\n').map((line) => line.trim());
}

/** Reads ENTRYPOINT, CMD and ENV. Throws when they name no `.js` file. */
export function readShipped(dockerfile?: string): Shipped {
  const lines = readLastStage(dockerfile);
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

/** The flags with another folder in the place of the image's `/state`; `null`: nothing may be written. */
export function withStateDir(flags: readonly string[], folder: string | null): string[] {
  if (!flags.includes(STATE_FLAG)) throw new Error(`the Dockerfile has no ${STATE_FLAG}`);
  // A folder that does not exist yet needs both: Node adds its content only to one that exists.
  const own = folder === null ? [] : [folder, join(folder, '*')].map((path) => `--allow-fs-write=${path}`);
  return flags.flatMap((flag) => (flag === STATE_FLAG ? own : [flag]));
}

/**
 * What `npm start` runs Node with: the image's flags and environment, but the user's `STATE_DIR` or none.
 *
 * @param env the user's environment, which takes precedence over the image's
 */
export function startOptions(env: NodeJS.ProcessEnv, shipped = readShipped()): Shipped {
  const image = Object.entries(shipped.env).filter(([name]) => name !== 'STATE_DIR');
  const folder = env['STATE_DIR'] ? resolve(env['STATE_DIR']) : null;
  return {
    flags: withStateDir(shipped.flags, folder),
    env: { ...Object.fromEntries(image), ...definedOf(env) },
  };
}

/** An environment without the names that have no value. */
export function definedOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const pairs = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return Object.fromEntries(pairs) as Record<string, string>;
}
