/** Routes HTTP requests to endpoints, with the checks in the order of the real server. */
import type { Context, Handler } from 'hono';
import type { Env } from '../request.ts';
import type { Generation } from './generations.ts';

/** The answer of an endpoint; JSON unless `body` is a string. `null` is an empty 204. */
export interface Answer {
  status?: number;
  body: unknown;
}

/** One action of the WebAPI. */
export interface Endpoint {
  /** Only POST (since 4.4.4). */
  post?: boolean;
  /** Required parameters. */
  needs?: string[];
  /** `params` come from the query of a GET, or from the form of a POST. */
  run: (params: Record<string, string>, c: Context<Env>) => Answer;
}

/** By `scope/action`. */
export type Endpoints = Record<string, Endpoint>;

/** The body of an answer without its own: the reason phrase of the status. */
const REASONS: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
};

/** A plain text answer, by default with the reason phrase. */
export function refuse(status: number, text = REASONS[status] ?? ''): Response {
  return send({ status, body: text });
}

function send({ status = 200, body }: Answer): Response {
  if (body === null) return new Response(null, { status: 204 });
  const isText = typeof body === 'string';
  const type = isText ? 'text/plain; charset=UTF-8' : 'application/json';
  return new Response(isText ? body : JSON.stringify(body), { status, headers: { 'Content-Type': type } });
}

/** Refusals of the HTTP server, before any other check; `null` if there is none. */
export function refuseForm(c: Context<Env>, generation: Generation): Response | null {
  const { method, headers, body } = c.var.call;
  const close = { Connection: 'close' };
  if (!['GET', 'POST', 'HEAD'].includes(method)) {
    return new Response(null, { status: generation.unknownMethod, headers: close });
  }
  const isForm = /^(application\/x-www-form-urlencoded|multipart\/form-data)/i;
  if (method === 'POST' && body !== '' && !isForm.test(headers['content-type'] ?? '')) {
    return isChunked(c) ? null : new Response(null, { status: 400, headers: close });
  }
  return null;
}

const isChunked = (c: Context<Env>) => c.var.call.headers['transfer-encoding'] === 'chunked';

/** A chunked body is not read: even a right password in it is refused. */
function paramsOf(c: Context<Env>): Record<string, string> {
  const { call } = c.var;
  if (call.method !== 'POST') return call.query;
  return isChunked(c) ? {} : call.form;
}

/** Runs the endpoint of `/api/v2/<scope>/<action>`. */
export function dispatch(endpoints: Endpoints, generation: Generation): Handler<Env> {
  const scopes = new Set(Object.keys(endpoints).map((name) => name.split('/')[0]));
  const verbose = generation.modernAnswers;
  return (c) => {
    const name = c.var.call.path.replace(/^\/api\/v2\//, '');
    const endpoint = Object.hasOwn(endpoints, name) ? endpoints[name] : undefined;
    if (!endpoint) {
      const known = verbose && name.includes('/') && scopes.has(name.split('/')[0]);
      return refuse(404, known ? 'Endpoint does not exist' : undefined);
    }
    if (endpoint.post && c.var.call.method !== 'POST' && !generation.anyMethod) return refuse(405);
    const params = paramsOf(c);
    const missing = (endpoint.needs ?? []).filter((key) => params[key] === undefined);
    if (missing.length > 0) {
      return refuse(400, verbose ? `Missing required parameters: ${missing.join(', ')}` : undefined);
    }
    const answer = endpoint.run(params, c);
    if (answer.status !== undefined && answer.body === '') return refuse(answer.status);
    return send(answer);
  };
}
