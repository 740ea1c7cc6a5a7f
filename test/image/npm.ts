/** The machine's npm, for a build in isolation: its program, cache and settings. */
import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** An npm that can be copied. */
export interface Npm {
  /** Its folder, with everything that it needs. */
  folder: string;
  cache: string;
  /** The user's settings, credentials included; `null` when there are none. */
  userConfig: string | null;
  /** The certificates that the machine trusts in addition to Node's own. */
  certificates: string | null;
  registry: string;
}

/** Finds it; a reason when there is no self-contained one. */
export async function findNpm(): Promise<Npm | { reason: string }> {
  const program = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'npm'))
    .find((file) => existsSync(file));
  if (program === undefined) return { reason: 'npm is not in PATH' };
  const folder = dirname(dirname(realpathSync(program)));
  if (!existsSync(join(folder, 'node_modules')))
    return { reason: "this machine's npm has its packages elsewhere: it can't be copied" };
  const get = async (key: string): Promise<string | null> => {
    const { stdout } = await promisify(execFile)(program, ['config', 'get', key]);
    const value = stdout.trim();
    return value === '' || value === 'null' || value === 'undefined' ? null : value;
  };
  const [cache, userConfig, cafile, registry] = await Promise.all(
    ['cache', 'userconfig', 'cafile', 'registry'].map(get),
  );
  const certificates = cafile ?? process.env['NODE_EXTRA_CA_CERTS'] ?? null;
  if (cache == null || registry == null)
    return { reason: 'npm does not say where its cache and registry are' };
  return {
    folder,
    cache,
    userConfig: userConfig != null && existsSync(userConfig) ? userConfig : null,
    certificates: certificates !== null && existsSync(certificates) ? certificates : null,
    registry,
  };
}
