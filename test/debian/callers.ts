/** The programs that a hook line starts, as Debian has them: curl, GNU's wget, BusyBox's wget. */
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installBundle } from './install.ts';
import type { Installed, Suite } from './install.ts';
import { startOf } from './start.ts';

/** A program that can call the hook. */
export type Caller = 'curl' | 'GNU wget' | 'BusyBox wget';

/** Unpacks them, once; 50 MB a suite. */
export function installCallers(suite: Suite): Promise<Installed> {
  return installBundle({ name: `callers-${suite}`, suite, packages: ['curl', 'wget', 'busybox-static'] });
}

/**
 * Installs one of them as the `curl` or `wget` of a folder for a PATH. Throws where it is not available: the test
 * needs `callers`.
 */
export async function putCaller(folder: string, suite: Suite, caller: Caller): Promise<void> {
  const installed = await installCallers(suite);
  if (!installed.ok) throw new Error(installed.reason);
  const { root } = installed;
  const name = caller === 'curl' ? 'curl' : 'wget';
  const path = join(folder, name);
  await mkdir(folder, { recursive: true });
  await rm(path, { force: true });
  if (caller === 'BusyBox wget') {
    // It is linked statically, and chooses its function by the name that it is started with.
    const places = [join(root, 'usr', 'bin', 'busybox'), join(root, 'bin', 'busybox')];
    return symlink(places.find((place) => existsSync(place)) ?? '', path);
  }
  const { command, args } = startOf(root, name);
  await writeFile(path, `#!/bin/sh\nexec ${[command, ...args].join(' ')} "$@"\n`, { mode: 0o755 });
}
