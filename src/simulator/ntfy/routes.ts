/** Publishing, clearing, deleting and asking, in the order of checks of the real server. */
import { Hono } from 'hono';
import type { Context } from 'hono';
import type { Env } from '../wire.ts';
import { refuse } from './errors.ts';
import type { ErrorCode } from './errors.ts';
import type { NtfyEvent } from './event.ts';
import type { Bucket, DailyQuota } from './limiter.ts';
import { paramsOf, parseJson } from './params.ts';
import { compose, envelope, isName, isReserved } from './publish.ts';
import type { NtfyGeneration } from './publish.ts';
import type { Store } from './store.ts';
import { read } from './streams.ts';

export interface Server {
  generation: NtfyGeneration;
  store: Store;
  bucket: Bucket;
  quota: DailyQuota;
  now: () => number;
}

/** Twice the message limit; reaching it is too much. */
const JSON_LIMIT = 8192;

/** The first thing that speaks against a request for `topic`; it costs a token all the same. */
function findObstacle(c: Context<Env>, server: Server, topic: string): ErrorCode | null {
  if (!isName(topic)) return 40009;
  if (isReserved(topic)) return 40010;
  if (!server.bucket.take()) return 42901;
  return c.var.principal === null ? 40301 : null;
}

function accept(server: Server, event: NtfyEvent | ErrorCode): Response {
  if (typeof event === 'number') return refuse(event);
  if (!server.quota.take()) return refuse(42908);
  server.store.publish(event);
  return Response.json(event);
}

function publishJson(c: Context<Env>, server: Server): Response {
  const { call } = c.var;
  if (Buffer.byteLength(call.body) >= JSON_LIMIT) return refuse(41303);
  const draft = parseJson(call);
  if (draft === null) return refuse(40024);
  const obstacle = findObstacle(c, server, draft.topic);
  if (obstacle !== null) return refuse(obstacle);
  return accept(server, compose({ ...draft, sequence: '' }, server.generation, server.now()));
}

function publishText(c: Context<Env>, server: Server, topic: string, sequence: string): Response {
  const { headers, query, body } = c.var.call;
  const obstacle = findObstacle(c, server, topic);
  if (obstacle !== null) return refuse(obstacle);
  const draft = { topic, sequence, message: body, params: paramsOf(headers, query) };
  return accept(server, compose(draft, server.generation, server.now()));
}

function act(
  c: Context<Env>,
  server: Server,
  event: 'message_clear' | 'message_delete',
  topic: string,
  sequence: string,
): Response {
  const obstacle = findObstacle(c, server, topic);
  if (obstacle !== null) return refuse(obstacle);
  return accept(server, envelope(event, topic, sequence, server.now()));
}

/** Since 2.16: the sequence in the path. Before, such a path didn't exist. */
function sequenceRoutes(server: Server): Hono<Env> {
  return new Hono<Env>()
    .on(['POST', 'PUT'], '/:topic/:sequence', (c) =>
      publishText(c, server, c.req.param('topic'), c.req.param('sequence')),
    )
    .delete('/:topic/:sequence', (c) =>
      act(c, server, 'message_delete', c.req.param('topic'), c.req.param('sequence')),
    )
    .on(['PUT'], ['/:topic/:sequence/clear', '/:topic/:sequence/read'], (c) =>
      act(c, server, 'message_clear', c.req.param('topic'), c.req.param('sequence')),
    );
}

function account({ quota }: Server) {
  const used = quota.used();
  return {
    username: '*',
    role: 'anonymous',
    limits: { basis: 'ip', messages: quota.limit, messages_expiry_duration: 43_200 },
    stats: { messages: used, messages_remaining: Math.max(0, quota.limit - used) },
  };
}

/** What needs no token of the bucket. */
function free(server: Server): Hono<Env> {
  const app = new Hono<Env>()
    .get('/v1/health', (c) => c.json({ healthy: true }))
    .get('/v1/account', (c) => c.json(account(server)));
  if (server.generation === 'current') {
    app.get('/v1/config', (c) => c.json({ base_url: '', app_root: '/', config_hash: 'a1b2c3' }));
  }
  return app;
}

function hasBadName(path: string): boolean {
  return path
    .split('/')
    .slice(1)
    .flatMap((part) => part.split(','))
    .some((name) => name !== '' && !isName(name));
}

export function routes(server: Server): Hono<Env> {
  const app = new Hono<Env>()
    .use((c, next) => (hasBadName(c.req.path) ? Promise.resolve(refuse(40401)) : next()))
    .route('/', free(server))
    .on(['POST', 'PUT'], '/', (c) => publishJson(c, server))
    .on(['POST', 'PUT'], '/:topic', (c) => publishText(c, server, c.req.param('topic'), ''))
    .get('/:topic/json', (c) => {
      if (!server.bucket.take()) return refuse(42901);
      if (c.var.principal === null) return refuse(40301);
      return read(c, c.req.param('topic'), server.store, server.now);
    });
  if (server.generation === 'current') app.route('/', sequenceRoutes(server));
  return app.all('*', () => refuse(40401));
}
