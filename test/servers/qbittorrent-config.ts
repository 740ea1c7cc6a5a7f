/** The configuration file of a qBittorrent under test: no extra traffic, on loopback, with known credentials. */
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The variable parts of the file. */
export interface QbittorrentConfig {
  port: number;
  torrentPort: number;
  username: string;
  password: string;
  bypassLocalAuth: boolean;
  apiKey: string | undefined;
  refreshInterval: number;
  queueing: boolean;
}

/** Writes `qBittorrent.conf` below a profile folder. */
export async function writeConfig(profile: string, config: QbittorrentConfig): Promise<void> {
  const folder = join(profile, 'qBittorrent', 'config');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'qBittorrent.conf'), configText(profile, config));
}

/**
 * 5.3 reads the WebUI's keys from a separate section; older ones from `[Preferences]`: both are written. TCP only: over
 * loopback uTP sometimes loses a peer, and a download stalls.
 */
function configText(profile: string, config: QbittorrentConfig): string {
  const webUi = Object.entries(webUiKeys(config));
  return `
[LegalNotice]
Accepted=true

[BitTorrent]
Session\\DHTEnabled=false
Session\\LSDEnabled=false
Session\\PeXEnabled=false
Session\\Port=${config.torrentPort}
Session\\Interface=lo
Session\\InterfaceName=lo
Session\\DefaultSavePath=${join(profile, 'downloads')}
Session\\QueueingSystemEnabled=${config.queueing}
Session\\BTProtocol=TCP
Session\\MultiConnectionsPerIp=true
Session\\RefreshInterval=${config.refreshInterval}

[Network]
PortForwardingEnabled=false

[Preferences]
Connection\\ResolvePeerCountries=false
${webUi.map(([key, value]) => `WebUI\\${key}=${value}`).join('\n')}

[WebUI]
${webUi.map(([key, value]) => `${key}=${value}`).join('\n')}
`;
}

function webUiKeys(config: QbittorrentConfig): Record<string, string | number | boolean> {
  return {
    Port: config.port,
    Address: '127.0.0.1',
    UseUPnP: false,
    LocalHostAuth: !config.bypassLocalAuth,
    Username: config.username,
    Password_PBKDF2: hashPassword(config.password),
    ...(config.apiKey === undefined ? {} : { APIKey: config.apiKey }),
  };
}

/** PBKDF2-HMAC-SHA512, 100,000 rounds, 16 bytes of salt, 64 of key: as qBittorrent since 4.2. */
function hashPassword(password: string): string {
  const salt = randomBytes(16);
  const key = pbkdf2Sync(password, salt, 100_000, 64, 'sha512');
  return `"@ByteArray(${salt.toString('base64')}:${key.toString('base64')})"`;
}
