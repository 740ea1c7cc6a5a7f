/** The settings of a sidecar in a container. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../servers/index.ts';
import type { Ntfy, Qbittorrent } from '../servers/index.ts';
import type { ContainerOptions } from './container.ts';
import type { Room } from './room.ts';

export const TOPIC = 'downloads';

/** Neither a qBittorrent nor an ntfy. */
export const NOWHERE = { NTFY_TOPIC: 'http://127.0.0.1:9/downloads', QBIT_HOST: 'http://127.0.0.1:9' };

/** Free ports: containers share the network of the tests. */
export async function ports(): Promise<Record<string, string>> {
  return { HOOK_PORT: String(await freePort()), OPS_PORT: String(await freePort()), OPS_HOST: '127.0.0.1' };
}

/** Secrets as files in `/run/secrets`, as Compose and Kubernetes mount them. */
function secrets(room: Room, files: Record<string, string>): string {
  const folder = join(room.shared, 'secrets');
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), `${text}\n`);
  return `--volume=${folder}:/run/secrets:ro`;
}

/** For real servers, with the password and the topic in files and the state in a volume. */
export async function createSettings(
  room: Room,
  qbittorrent: Qbittorrent,
  ntfy: Ntfy,
): Promise<Required<ContainerOptions>> {
  const files = { 'qbit-pass': qbittorrent.password, 'ntfy-topic': `${ntfy.url}/${TOPIC}` };
  return {
    env: {
      ...(await ports()),
      QBIT_HOST: qbittorrent.url,
      QBIT_USER: qbittorrent.username,
      QBIT_PASS_FILE: '/run/secrets/qbit-pass',
      NTFY_TOPIC_FILE: '/run/secrets/ntfy-topic',
      POLL_INTERVAL: '1s',
      NTFY_RATE: 'unlimited',
      AUTO_INSTALL_HOOK: 'true',
      TZ: 'Europe/Berlin',
    },
    options: [secrets(room, files), '--volume=state:/state'],
  };
}
