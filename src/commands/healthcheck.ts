import { once } from 'node:events';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { problemOfPort } from '../config/port.ts';
import { EXIT } from './exit.ts';
import { processTerminal } from './terminal.ts';
import type { Terminal } from './terminal.ts';

/** Milliseconds. Docker's own timeout for a health check is 30 s. */
const TIMEOUT = 5000;

/** As in the settings, which are not loaded here: with zod and fetch a check takes several times as long. */
export const DEFAULTS = { OPS_HOST: '::', OPS_PORT: '9091' };

/** `GET /livez` of a sidecar on this machine. For images without a shell. */
export async function healthcheck(terminal: Terminal = processTerminal()): Promise<number> {
  const setting = (name: keyof typeof DEFAULTS) => terminal.env[name]?.trim() || DEFAULTS[name];
  const [host, port] = [reachable(setting('OPS_HOST')), setting('OPS_PORT')];
  const problem = problemOfPort(port);
  if (problem !== null) terminal.err(`OPS_PORT ${problem}.`);
  else if (Number(port) === 0)
    terminal.err('OPS_PORT is 0, so the port is unknown: set OPS_PORT to a fixed port.');
  else return checkLive({ host, port }, terminal);
  return EXIT.config;
}

/** The address at which this machine reaches a server that listens on this one. */
function reachable(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return bare === '0.0.0.0' || bare === '::' || bare === 'localhost' ? '127.0.0.1' : bare;
}

async function checkLive({ host, port }: { host: string; port: string }, { err }: Terminal): Promise<number> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT);
    const request = get({ host, port, path: '/livez', agent: false, signal });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response) text += chunk;
    if (response.statusCode === 200 && text === 'ok') return EXIT.ok;
    err(`The sidecar answered with status ${response.statusCode}.`);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'no code';
    const problem = code === 'ECONNREFUSED' ? 'nothing listens' : `no answer (${String(code)})`;
    err(`${host}:${port}: ${problem}.`);
  }
  return EXIT.failed;
}
