/** The program of each generation of a server, and how it is started from the unpacked packages. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installCallers } from '../debian/callers.ts';
import { installChromium } from '../debian/chromium.ts';
import { installMachine } from '../debian/machine.ts';
import { installPrometheus } from '../debian/prometheus.ts';
import { librariesOf, startOf } from '../debian/start.ts';
import { installServers } from './install.ts';
import { installNginx } from './nginx.ts';
import type { Installed, Suite } from '../debian/install.ts';

/** 4.5.2, 5.1.0 and 5.3.0 today; a test requires a generation and never a version. */
export type QbittorrentGeneration = 'legacy' | '5.1' | 'current';

/** 2.11 (before sequence IDs) and 2.27 today. */
export type NtfyGeneration = 'legacy' | 'current';

/** A real server. */
export type ServerName = `qbittorrent ${QbittorrentGeneration}` | `ntfy ${NtfyGeneration}`;

/** What a test needs: servers, other Debian programs, or the machine's own curl for qBittorrent's hook. */
export type Need = ServerName | 'prometheus' | 'machine' | 'chromium' | 'nginx' | 'callers' | 'curl';

const suiteOf: Record<ServerName, Suite> = {
  'qbittorrent legacy': 'bookworm',
  'qbittorrent 5.1': 'trixie',
  'qbittorrent current': 'forky',
  'ntfy legacy': 'trixie',
  'ntfy current': 'forky',
};

/** How to start a program: with its own suite's loader and libraries, its children with the machine's. */
export interface Program {
  command: string;
  /** Arguments before the program's own. */
  args: string[];
  /** Additional variables; `undefined` removes one. */
  env: Record<string, string | undefined>;
  /** Debian's version, like `5.3.0-1`. */
  packaged: string;
}

/** Why the requirements of a test are not available here, or `null` (the servers are then in the cache). */
export async function unavailable(needs: readonly Need[]): Promise<string | null> {
  for (const need of needs) {
    if (need === 'curl') {
      if (!hasCurl()) return 'curl is not on this machine';
      continue;
    }
    const installed = await install(need);
    if (!installed.ok) return installed.reason;
  }
  return null;
}

async function install(need: Exclude<Need, 'curl'>): Promise<Installed> {
  if (need === 'callers') {
    const oldest = await installCallers('bookworm');
    return oldest.ok ? installCallers('forky') : oldest;
  }
  if (need === 'prometheus') return installPrometheus();
  if (need === 'chromium') return installChromium();
  if (need === 'nginx') return installNginx();
  return need === 'machine' ? installMachine() : installServers(suiteOf[need]);
}

/** The program of a server. Throws when it is not available: check `unavailable` first. */
export async function program(need: ServerName): Promise<Program> {
  const installed = await installServers(suiteOf[need]);
  if (!installed.ok) throw new Error(installed.reason);
  const { root, versions } = installed;
  const name = need.startsWith('ntfy') ? 'ntfy' : 'qbittorrent-nox';
  return {
    ...startOf(root, name),
    env: { QT_PLUGIN_PATH: pluginsOf(root) },
    packaged: versions[name] ?? 'unknown',
  };
}

function hasCurl(): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'curl')));
}

function pluginsOf(root: string): string {
  const plugins = ['qt6', 'qt5'].flatMap((qt) =>
    librariesOf(root).map((folder) => join(folder, qt, 'plugins')),
  );
  return plugins.find((place) => existsSync(place)) ?? '';
}
