/** Faults that real servers cannot produce on request. */
import { setTimeout as delay } from 'node:timers/promises';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context, Next } from 'hono';
import type { Env, LoggedRequest } from './request.ts';

/**
 * How a request fails.
 * - `status`: answers with this status; the request is not processed
 * - `hang`: never answers; the request is not processed
 * - `close`: closes the connection; the request is not processed
 * - `lose`: processes the request, then closes the connection instead of answering
 * - `truncate`: processes the request, sends half of the answer, then closes the connection
 * - `garbage`: processes the request, then answers 200 with invalid JSON
 * - `slow`: answers correctly after `ms`
 */
export type Fault =
  | { kind: 'status'; status: number; body?: string; headers?: Record<string, string> }
  | { kind: 'hang' | 'close' | 'lose' | 'truncate' | 'garbage' }
  | { kind: 'slow'; ms: number };

/** Selects requests: by the end of the path, a pattern of `METHOD /path`, or a function. */
export type Matcher = string | RegExp | ((request: LoggedRequest) => boolean);

/** Sets a fault for the next `times` matching requests (default: all). Returns a function that removes it. */
export type Fail = (matcher: Matcher, fault: Fault, times?: number) => () => void;

export interface Recorder {
  requests: LoggedRequest[];
  fail: Fail;
  handle: (c: Context<Env>, call: LoggedRequest, next: Next) => Promise<Response | void>;
}

interface Rule {
  matcher: Matcher;
  fault: Fault;
  left: number;
}

function matches(matcher: Matcher, call: LoggedRequest): boolean {
  if (typeof matcher === 'function') return matcher(call);
  if (typeof matcher === 'string') return call.path.endsWith(matcher);
  return matcher.test(`${call.method} ${call.path}`);
}

function cut(c: Context<Env>): Response {
  c.env.incoming.socket.destroy();
  return RESPONSE_ALREADY_SENT;
}

async function truncate(c: Context<Env>): Promise<Response> {
  const body = Buffer.from(await c.res.arrayBuffer());
  const { outgoing } = c.env;
  const type = c.res.headers.get('content-type') ?? 'text/plain';
  outgoing.writeHead(c.res.status, { 'content-type': type, 'content-length': body.length });
  await new Promise((resolve) => {
    outgoing.write(body.subarray(0, Math.max(1, body.length >> 1)), resolve);
  });
  return cut(c);
}

/** Hono merges the headers of a replaced response into the new one, unless the old one is removed first. */
function replace(c: Context<Env>, response: Response): void {
  c.res = undefined;
  c.res = response;
}

async function act(fault: Fault, c: Context<Env>, next: Next): Promise<Response | void> {
  switch (fault.kind) {
    case 'status':
      return new Response(fault.body ?? '', { status: fault.status, headers: fault.headers ?? {} });
    case 'hang':
      await new Promise((resolve) => {
        c.env.outgoing.once('close', resolve);
      });
      return RESPONSE_ALREADY_SENT;
    case 'close':
      return cut(c);
    case 'lose':
      await next();
      return replace(c, cut(c));
    case 'truncate':
      await next();
      return replace(c, await truncate(c));
    case 'garbage': {
      await next();
      const headers = { 'content-type': 'application/json' };
      return replace(c, new Response('{"hash":"0123', { headers }));
    }
    case 'slow':
      await delay(fault.ms, undefined, { ref: false });
      return next();
  }
}

/** Records requests and applies faults; the fault that was set last takes precedence. */
export function createRecorder(): Recorder {
  const requests: LoggedRequest[] = [];
  const rules: Rule[] = [];
  return {
    requests,
    fail: (matcher, fault, times = Infinity) => {
      const rule = { matcher, fault, left: times };
      rules.push(rule);
      return () => {
        rule.left = 0;
      };
    },
    handle: async (c, call, next) => {
      requests.push(call);
      const rule = rules.findLast(({ matcher, left }) => left > 0 && matches(matcher, call));
      if (!rule) return next();
      rule.left -= 1;
      return act(rule.fault, c, next);
    },
  };
}
