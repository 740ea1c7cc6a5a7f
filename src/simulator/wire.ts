/** The common parts of both simulators: a loopback server, a log of requests, and faults. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import type { MiddlewareHandler } from 'hono';
import type { Recorder } from './faults.ts';
import type { Env, LoggedRequest } from './request.ts';

/** A server that listens on loopback. */
export interface Listening {
  port: number;
  url: string;
  /** Closes all connections, including streams and hanging requests; new ones are refused. */
  stop: () => Promise<void>;
  /** Listens again on the same port; does nothing while it listens. */
  resume: () => Promise<void>;
}

async function readForm(type: string, body: Buffer): Promise<Record<string, string>> {
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(body.toString()));
  }
  if (!type.startsWith('multipart/form-data')) return {};
  const response = new Response(new Uint8Array(body), { headers: { 'content-type': type } });
  const entries = [...(await response.formData())];
  return Object.fromEntries(entries.map(([key, value]) => [key, typeof value === 'string' ? value : '']));
}

/** Reads and records a request as `c.var.call`, then applies a matching fault. */
function record(recorder: Recorder, now: () => number): MiddlewareHandler<Env> {
  return async (c, next) => {
    const body = Buffer.from(await c.req.arrayBuffer());
    const headers = Object.fromEntries(c.req.raw.headers);
    const call: LoggedRequest = {
      method: c.req.method,
      path: c.req.path,
      query: { ...c.req.query() },
      headers,
      body: body.toString(),
      form: await readForm(headers['content-type'] ?? '', body).catch(() => ({})),
      at: now(),
    };
    c.set('call', call);
    c.set('principal', null);
    c.set('cookie', null);
    return recorder.handle(c, call, next);
  };
}

/** An app that records requests and applies the faults of `recorder`; add the routes to it. */
export function createWire(recorder: Recorder, now: () => number): Hono<Env> {
  return new Hono<Env>().use(record(recorder, now));
}

/** Serves an app on 127.0.0.1. `port` 0 takes a free one. Rejects when the port is taken. */
export async function listen(app: Hono<Env>, port: number): Promise<Listening> {
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer((incoming, outgoing) => {
    listener(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const open = async (at: number) => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
  };
  await open(port);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    resume: async () => {
      if (!server.listening) await open(address.port);
    },
  };
}
