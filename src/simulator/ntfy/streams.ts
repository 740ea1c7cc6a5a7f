/** `GET /<topics>/json`, as a stream or as one answer. */
import type { Context } from 'hono';
import { stream } from 'hono/streaming';
import type { Env } from '../request.ts';
import { refuse } from './errors.ts';
import { newId } from './id.ts';
import type { NtfyEvent } from './event.ts';
import type { Store } from './store.ts';

const KEEPALIVE_MS = 45_000;
const NDJSON = { 'Content-Type': 'application/x-ndjson; charset=utf-8' };

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** Events that exist only in streams. */
const control = (event: 'open' | 'keepalive', topic: string, now: number) =>
  line({ id: newId(), time: Math.floor(now / 1000), event, topic });

/** All versions of all cards, oldest first; with `poll` only the cached events. */
export function read(c: Context<Env>, topic: string, store: Store, now: () => number): Response {
  const topics = topic.split(',');
  const poll = ['1', 'true', 'yes'].includes(c.req.query('poll') ?? '');
  const cached = store.since(topics, c.req.query('since') ?? (poll ? 'all' : 'none'));
  if (cached === null) return refuse({ code: 40008 });
  if (poll) return c.body(cached.map(line).join(''), 200, NDJSON);
  const response = stream(c, async (out) => {
    const write = (text: string): void => {
      // A disconnected subscriber is not an error.
      out.write(text).catch(() => undefined);
    };
    const send = (event: NtfyEvent) => {
      if (topics.includes(event.topic)) write(line(event));
    };
    const unsubscribe = store.subscribe(send);
    const keepalive = setInterval(() => write(control('keepalive', topic, now())), KEEPALIVE_MS).unref();
    await out.write(control('open', topic, now()));
    for (const event of cached) await out.write(line(event));
    await new Promise<void>((resolve) => {
      out.onAbort(resolve);
    });
    clearInterval(keepalive);
    unsubscribe();
  });
  response.headers.set('Content-Type', NDJSON['Content-Type']);
  return response;
}
