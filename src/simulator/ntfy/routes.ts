/** Publish, clear, delete and read, with the checks in the order of the real server. */
import { Hono } from 'hono';
import type { Context, Handler, MiddlewareHandler } from 'hono';
import type { Env } from '../request.ts';
import { accountRoutes } from './account.ts';
import { mayUse } from './auth.ts';
import type { Credentials } from './auth.ts';
import { refuse } from './errors.ts';
import type { ErrorCode, Refusal } from './errors.ts';
import type { NtfyEvent } from './event.ts';
import type { NtfyGeneration } from './generation.ts';
import type { Bucket, DailyQuota } from './limiter.ts';
import { paramsOf, parseJson } from './params.ts';
import { compose, envelope, isName, isReserved } from './publish.ts';
import type { Draft } from './publish.ts';
import type { Store } from './store.ts';
import { read } from './streams.ts';

export interface Server {
  generation: NtfyGeneration;
  credentials: Credentials;
  store: Store;
  bucket: Bucket;
  quota: DailyQuota;
  now: () => number;
}

/** Bytes: twice the message limit. A body of this size or more is rejected. */
const JSON_LIMIT = 8192;

/** The first error of a request for these topics. Invalid names do not count towards the request limit. */
function findAccessError(c: Context<Env>, server: Server, topics: string[]): ErrorCode | null {
  if (!topics.every(isName)) return 40009;
  if (topics.some(isReserved)) return 40010;
  if (!server.bucket.take()) return 42901;
  return topics.every((topic) => mayUse(c.var.principal, topic, server.credentials)) ? null : 40301;
}

function accept(server: Server, event: NtfyEvent | Refusal): Response {
  if ('code' in event) return refuse(event);
  if (!server.quota.take()) return refuse({ code: 42908 });
  server.store.publish(event);
  return Response.json(event);
}

function publish(c: Context<Env>, server: Server, draft: Draft): Response {
  const error = findAccessError(c, server, [draft.topic]);
  if (error !== null) return refuse({ code: error });
  return accept(server, compose(draft, server.generation, server.now()));
}

/** Publishes JSON sent to the root. */
function publishJson(server: Server): Handler<Env> {
  return (c) => {
    if (Buffer.byteLength(c.var.call.body) >= JSON_LIMIT) return refuse({ code: 41303 });
    const json = parseJson(c.var.call, server.generation);
    return json === null ? refuse({ code: 40024 }) : publish(c, server, { ...json, sequence: '' });
  };
}

/** Publishes a body that is the message; the parameters are in the headers or the query. */
function publishText(server: Server): Handler<Env> {
  return (c) => {
    const { headers, query, body: message } = c.var.call;
    const { topic = '', sequence = '' } = c.req.param();
    const params = paramsOf(headers, query);
    return publish(c, server, { topic, sequence, message, params, actions: [] });
  };
}

function act(server: Server, event: 'message_clear' | 'message_delete'): Handler<Env> {
  return (c) => {
    const { topic = '', sequence = '' } = c.req.param();
    const error = findAccessError(c, server, [topic]);
    if (error !== null) return refuse({ code: error });
    return accept(server, envelope(event, topic, sequence, server.now()));
  };
}

/** `topics` may be several, separated by commas. */
function readTopics(server: Server, answer: Handler<Env>): Handler<Env> {
  return (c, next) => {
    const error = findAccessError(c, server, (c.req.param('topics') ?? '').split(','));
    return error === null ? answer(c, next) : refuse({ code: error });
  };
}

/** Paths with a sequence ID exist since 2.16. */
function sequenceRoutes(server: Server): Hono<Env> {
  return new Hono<Env>()
    .on(['POST', 'PUT'], '/:topic/:sequence', publishText(server))
    .delete('/:topic/:sequence', act(server, 'message_delete'))
    .on(['GET', 'PUT'], '/:topic/:sequence/clear', act(server, 'message_clear'))
    .on(['GET', 'PUT'], '/:topic/:sequence/read', act(server, 'message_clear'));
}

/** A path that contains anything but names matches no route; only GET may name several topics. */
const checkPath: MiddlewareHandler<Env> = async (c, next) => {
  const separator = c.req.method === 'GET' ? /[/,]/ : '/';
  const names = c.req.path.split(separator).filter((name) => name !== '');
  return names.every(isName) ? next() : refuse({ code: 40401 });
};

/** As the real server: pages of any origin may call it. */
export const allowOrigins: MiddlewareHandler<Env> = async (c, next) => {
  await next();
  c.res.headers.set('Access-Control-Allow-Origin', '*');
};

export function routes(server: Server): Hono<Env> {
  const { generation, quota, store, now } = server;
  const text = publishText(server);
  const app = new Hono<Env>()
    .use(checkPath)
    .route('/v1', accountRoutes(generation, quota))
    .on(['POST', 'PUT'], '/', publishJson(server))
    .on(['POST', 'PUT'], '/:topic', text)
    .get(
      '/:topics/auth',
      readTopics(server, (c) => c.json({ success: true })),
    )
    .get(
      '/:topics/json',
      readTopics(server, (c) => read(c, c.req.param('topics') ?? '', store, now)),
    );
  for (const word of ['publish', 'send', 'trigger']) app.get(`/:topic/${word}`, text);
  if (generation === 'current') app.route('/', sequenceRoutes(server));
  return app.all('*', () => refuse({ code: 40401 }));
}
