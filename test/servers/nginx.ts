/** A real nginx for a test: Debian's, in front of another server; separate folder and port. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installBundle } from '../debian/install.ts';
import type { Installed } from '../debian/install.ts';
import { startOf } from '../debian/start.ts';
import { freePort } from './ports.ts';
import { removeFolder, startProcess, temporaryFolder, untilAnswering } from './processes.ts';

/** Unpacks it once. */
export function installNginx(): Promise<Installed> {
  return installBundle({ name: 'nginx', suite: 'trixie', packages: ['nginx'] });
}

/** How an nginx is started. */
export interface NginxOptions {
  /** The contents of its one `server` block, without `listen`. Names of files are relative to its folder. */
  server: string;
  /** Files in its folder, by name: a list of passwords, a certificate. */
  files?: Record<string, string>;
  /** Parameters of `listen` after the address, like `ssl`. */
  listen?: string;
}

/** A running nginx. */
export interface Nginx extends AsyncDisposable {
  /** With http, whatever `listen` is. */
  url: string;
  port: number;
  /** Its folder. */
  folder: string;
  /** Ends it and deletes its folder. */
  stop(): Promise<void>;
}

/**
 * Starts an nginx; it has answered when this resolves. Throws where it is not available: the test needs `nginx`.
 *
 * @example
 * await using nginx = await startNginx({ server: `location /ntfy/ { proxy_pass ${ntfy.url}/; }` });
 */
export async function startNginx({ server, files = {}, listen = '' }: NginxOptions): Promise<Nginx> {
  const installed = await installNginx();
  if (!installed.ok) throw new Error(installed.reason);
  const port = await freePort();
  const folder = temporaryFolder('nginx');
  for (const name of TEMPORARY) mkdirSync(join(folder, name));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const config = join(folder, 'nginx.conf');
  writeFileSync(config, configText(folder, `listen 127.0.0.1:${port} ${listen};\n${server}`));
  const program = { ...startOf(installed.root, 'nginx', 'sbin'), env: {}, packaged: '' };
  const running = startProcess(program, ['-p', folder, '-c', config], folder);
  const stop = async (): Promise<void> => {
    await running.stop();
    await removeFolder(folder);
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    // With TLS it also answers a plain request: with 400.
    await untilAnswering(running, url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, port, folder, stop, [Symbol.asyncDispose]: stop };
}

/** Its temporary files; without these settings it writes below `/var/lib`. */
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** One process in the foreground, which is ended by its pid. */
function configText(folder: string, server: string): string {
  const temporary = TEMPORARY.map((name) => `${name}_temp_path ${join(folder, name)};`);
  return `daemon off;
master_process off;
pid ${join(folder, 'nginx.pid')};
error_log stderr warn;
events { worker_connections 256; }
http {
access_log off;
${temporary.join('\n')}
server {
${server}
}
}
`;
}
