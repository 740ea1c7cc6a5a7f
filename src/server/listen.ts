import type { Server } from 'node:http';
import type { Logger } from '../log/index.ts';
import { StartError } from '../util/start-error.ts';
import type { ConnectionLimits } from './connections.ts';
import { startServer, stopServer, type App } from './socket.ts';

export interface ListenOptions {
  /**
   * An address, or `localhost` for both 127.0.0.1 and ::1, of which some programs try only the first. `::` includes
   * IPv4, and is replaced by 0.0.0.0 on a machine without IPv6.
   */
  host: string;
  /** 0: any free port. */
  port: number;
  /** Prefix of the names of the two settings (`HOOK`, `OPS`), for messages. */
  setting: string;
  /** Bytes. Default: 4096, more than any hook sends. */
  maxHeaderSize?: number;
  /** Default: 1024 connections, all of which may come from one address. */
  connections?: ConnectionLimits;
  /** Listening sockets per address, which share the port. Default: 1. */
  acceptors?: number;
  /** Called after connections were dropped because of the limits, once for each burst. */
  onDrop?: () => void;
  log: Logger;
}

export interface Listening {
  addresses: string[];
  port: number;
  /** Resolves within two seconds, whatever the clients do. */
  close: () => Promise<void>;
}

/**
 * Serves an app. Rejects with an error whose message names the setting to change when the port is in use or not
 * permitted, or the address does not belong to this machine.
 *
 * @example
 * const { port, close } = await listen(app, { ...config.hook, setting: 'HOOK', log });
 */
export async function listen(app: App, options: ListenOptions): Promise<Listening> {
  const { host, port, setting, log } = options;
  const start = (address: string, port: number) => startServer(app, address, port, options);
  try {
    const servers = await startAll(start, host, port, log);
    let closed: Promise<unknown> | undefined;
    return {
      addresses: servers.map((server) => boundTo(server).address),
      port: servers.map((server) => boundTo(server).port)[0] ?? port,
      close: async () => {
        closed ??= Promise.all(servers.map(stopServer));
        await closed;
      },
    };
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new StartError(explain(codeOf(error), host, port, setting), { cause: error });
  }
}

/** Starts one server; rejects with Node's error. */
export type Start = (address: string, port: number) => Promise<Server>;

async function startAll(start: Start, host: string, port: number, log: Logger): Promise<Server[]> {
  if (/^localhost$/i.test(host)) return startBoth(start, port, log);
  return [await (isUnspecified(host) ? startAny(start, host, port, log) : start(host, port))];
}

const isUnspecified = (host: string): boolean => URL.parse(`http://[${host}]`)?.hostname === '[::]';

/** Listens on all addresses of both families; on a machine without IPv6, on those of IPv4. */
export async function startAny(start: Start, host: string, port: number, log: Logger): Promise<Server> {
  try {
    return await start(host, port);
  } catch (error) {
    if (!lacksIPv6(codeOf(error))) throw error;
    log.info('IPv6 is not available: listening on 0.0.0.0 only');
    return start('0.0.0.0', port);
  }
}

/** Attempts to find a port that is free on both loopback addresses. */
const MAX_PORT_ATTEMPTS = 20;

/** Listens on both loopback addresses with one port; on a machine without IPv6, on one. */
export async function startBoth(
  start: Start,
  port: number,
  log: Logger,
  attempts = MAX_PORT_ATTEMPTS,
): Promise<Server[]> {
  const v4 = await start('127.0.0.1', port);
  try {
    return [v4, await start('::1', boundTo(v4).port)];
  } catch (error) {
    const code = codeOf(error);
    if (lacksIPv6(code)) {
      log.info('IPv6 is not available: listening on 127.0.0.1 only');
      return [v4];
    }
    await stopServer(v4);
    // The port is free on the first address and in use on the second: another one may be free on both.
    if (port === 0 && code === 'EADDRINUSE' && attempts > 1) return startBoth(start, port, log, attempts - 1);
    throw error;
  }
}

/** The error code depends on how IPv6 was disabled. */
const lacksIPv6 = (code: string): boolean => code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';

function boundTo(server: Server): { address: string; port: number } {
  const bound = server.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('the server is not bound to an address');
  return bound;
}

function explain(code: string, host: string, port: number, setting: string): string {
  const where = `Port ${port} on ${host}`;
  switch (code) {
    case 'EADDRINUSE':
      return `${where} is in use by another program. Set ${setting}_PORT to a free one.`;
    case 'EACCES':
      return `${where} requires more permissions than this program has. Set ${setting}_PORT to 1024 or above.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine. Set ${setting}_HOST to one that is.`;
    default:
      return `Cannot listen on port ${port} on ${host} (${code}). Check ${setting}_HOST and ${setting}_PORT.`;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
