/** The real servers: Debian has three generations of qBittorrent and two of ntfy. */
import { installBundle } from '../debian/install.ts';
import type { Installed, Suite } from '../debian/install.ts';

const packages: Record<Suite, readonly string[]> = {
  bookworm: ['qbittorrent-nox'], // ntfy is packaged since trixie
  trixie: ['qbittorrent-nox', 'ntfy'],
  forky: ['qbittorrent-nox', 'ntfy'],
};

/** All suites, oldest first. */
export const suites: readonly Suite[] = ['bookworm', 'trixie', 'forky'];

/** Makes a suite's servers available; see `installBundle`. */
export function installServers(suite: Suite): Promise<Installed> {
  return installBundle({ name: `servers-${suite}`, suite, packages: packages[suite] });
}
