import { isIPv6 } from 'node:net';
import { settings } from '../config/settings.ts';
import { request } from '../http.ts';
import { EXIT } from './exit.ts';
import { processTerminal } from './terminal.ts';
import type { Terminal } from './terminal.ts';

/** Milliseconds. Docker's own limit for a health check is 30 s. */
const TIMEOUT = 5000;

/** Only these: a health check must not need the topic, nor read a secret. */
const listening = settings.pick({ OPS_HOST: true, OPS_PORT: true });

/** `GET /livez` of a sidecar on this machine. For images without a shell. */
export async function healthcheck(terminal: Terminal = processTerminal()): Promise<number> {
  const given = Object.entries(terminal.env).filter(([, value]) => value?.trim());
  const parsed = listening.safeParse(Object.fromEntries(given.map(([name, value]) => [name, value?.trim()])));
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) terminal.err(`${String(path[0])} ${message}.`);
    return EXIT.config;
  }
  const { OPS_HOST: host, OPS_PORT: port } = parsed.data;
  if (port === 0) {
    terminal.err('OPS_PORT is 0, so it is not known where to ask: set it to a port.');
    return EXIT.config;
  }
  const reply = await request(`http://${reachable(host)}:${port}/livez`, { timeout: TIMEOUT });
  if (reply.ok && reply.value.status === 200 && reply.value.text === 'ok') return EXIT.ok;
  terminal.err(reply.ok ? `The sidecar answered ${reply.value.status}.` : `${reply.failure.message}.`);
  return EXIT.failed;
}

/** How this machine reaches what listens there. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === 'localhost') return '127.0.0.1';
  return isIPv6(host) ? `[${host}]` : host;
}
