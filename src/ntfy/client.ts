import type { Publication } from '../../machines/outbox/machine.ts';
import type { Allowance } from '../../machines/outbox/budget.ts';
import type { Form, Notification, Result } from '../../machines/domain.ts';
import { basicAuthorization } from '../http/basic-auth.ts';
import type { Config } from '../config/index.ts';
import { err, hostOf, parseJson, request } from '../http/request.ts';
import type { Reply, RequestOptions } from '../http/request.ts';
import { alertSequence, progressSequence, renderCard, renderEnded } from './card.ts';
import type { Address, Card } from './card.ts';
import { createRemoval } from './removal.ts';
import type { Way } from './removal.ts';
import { accepted, account, ERROR_CODES } from './schemas.ts';
import { failureOfReply } from './verdict.ts';

export interface PublishOptions {
  /** How much the message says. Default: `full`. */
  form?: Form;
  signal?: AbortSignal;
}

export interface NtfyClientOptions {
  /** Hears that DELETE does not reach ntfy, and what is done instead; again after hours. Default: nobody. */
  onDeleteRejected?: (instead: Way) => void;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** What the sidecar asks of ntfy. Failures are data; what is thrown is a bug. */
export interface NtfyClient {
  publish(notification: Notification, options?: PublishOptions): Promise<Publication>;
  /** What this sender may send today; `null` where the server does not say. */
  allowance(signal?: AbortSignal): Promise<Allowance | null>;
}

/**
 * Publishes as JSON to the server's root, where text is never a header. A card that has to go is deleted by its
 * sequence; a server before 2.16 knows neither, answers without the sequence or with 40401, and counts as not live.
 */
export function createNtfyClient(
  config: Config['ntfy'],
  place: Omit<Address, 'topic'>,
  { onDeleteRejected = () => {}, now = Date.now }: NtfyClientOptions = {},
): NtfyClient {
  const { topic } = config;
  const removal = createRemoval(onDeleteRejected, now);
  /** Whether this server is known to have sequences. */
  let isLive = false;

  const call = createCall(config);

  async function send(card: Card, signal: AbortSignal | undefined): Promise<Publication> {
    const answer = await call('', { method: 'POST', body: JSON.stringify(card), ...abortedBy(signal) });
    if (!answer.ok) return answer;
    if (answer.value === null) return { ok: true, value: { live: null } };
    const live = answer.value.sequence_id === card.sequence_id;
    isLive = live;
    return { ok: true, value: { live } };
  }

  async function remove(way: 'delete' | 'clear', sequence: string, signal: AbortSignal | undefined) {
    const path = `${topic}/${sequence}`;
    const answer = await (way === 'delete'
      ? call(path, { method: 'DELETE', ...abortedBy(signal) })
      : call(`${path}/clear`, { headers: { 'cache-control': 'no-cache' }, ...abortedBy(signal) }));
    if (answer.ok) return { ok: true, value: { live: true } } as const;
    const isUnknown = answer.failure.answer?.code === ERROR_CODES.notFound;
    if (!isUnknown) return answer;
    // A server that echoes sequences and yet does not know this path: there is another way.
    if (isLive) return { ok: false, failure: { ...answer.failure, reason: 'not-ntfy' } } as const;
    return { ok: true, value: { live: false } } as const;
  }

  async function takeAway(sequences: readonly string[], { form = 'full', signal }: PublishOptions) {
    let last: Publication = { ok: true, value: { live: null } };
    for (const sequence of sequences) {
      last = await removal.takeAway(form, {
        delete: () => remove('delete', sequence, signal),
        clear: () => remove('clear', sequence, signal),
        update: () => send(renderEnded(topic, sequence), signal),
      });
      if (!last.ok || last.value.live === false) return last;
    }
    return last;
  }

  return {
    async publish(notification, options = {}) {
      const { kind, key } = notification;
      const { instance } = place;
      if (kind === 'clearance') return takeAway([alertSequence(instance, key)], options);
      if (kind === 'dismissal') {
        const alert = notification.alerted ? [alertSequence(instance, key)] : [];
        return takeAway([progressSequence(instance, key), ...alert], options);
      }
      return send(renderCard(notification, { ...place, topic }, options.form), options.signal);
    },
    allowance: (signal) => readAllowance(config, signal),
  };
}

async function readAllowance({ server, auth, proxy }: Config['ntfy'], signal?: AbortSignal) {
  const headers = authorization(auth);
  const reply = await request(`${server}/v1/account`, { keep: true, proxy, headers, ...abortedBy(signal) });
  const parsed = account.safeParse(reply.ok ? parseJson(reply.value.text) : undefined);
  if (!parsed.success) return null;
  return { daily: parsed.data.limits.messages, left: parsed.data.stats.messages_remaining };
}

/** Makes a request, and returns ntfy's acceptance; `null`: it accepted, and its answer can't be read. */
function createCall({ server, auth, proxy }: Config['ntfy']) {
  const host = hostOf(server);
  return async (path: string, options: RequestOptions): Promise<Result<Accepted | null>> => {
    const headers = { ...authorization(auth), ...options.headers };
    const reply = await request(`${server}/${path}`, {
      ...options,
      keep: true,
      statusSuffices: true,
      proxy,
      headers,
    });
    if (!reply.ok) return reply;
    const bytes = Buffer.byteLength(options.body ?? '');
    const failure = failureOfReply(reply.value, host, bytes);
    return failure === null ? readAccepted(reply.value, host, bytes) : { ok: false, failure };
  };
}

interface Accepted {
  sequence_id?: string | undefined;
}

/**
 * What a 2xx contains. A page without ntfy's `id` is a login page or a captive portal, which answers 200 to anything:
 * what it "accepted" never arrives. Where an answer can't be read at all, ntfy has the message: sent again, it would make
 * a second sound on a server without sequences.
 */
function readAccepted(reply: Reply, host: string, bytes: number): Result<Accepted | null> {
  const { status, text } = reply;
  const message = accepted.safeParse(parseJson(text));
  if (message.success) return { ok: true, value: message.data };
  if (!isForeign(reply)) return { ok: true, value: null };
  const { failure } = err('misdirected', `${host} does not answer like an ntfy server`, 'not-ntfy');
  return { ok: false, failure: { ...failure, answer: { status, code: null, bytes } } };
}

const abortedBy = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });

/** The header that shows who publishes. */
export function authorization(auth: Config['ntfy']['auth']): Record<string, string> {
  if (auth.kind === 'token') return { authorization: `Bearer ${auth.token.reveal()}` };
  if (auth.kind === 'none') return {};
  return { authorization: basicAuthorization(auth) };
}

/** Whether a good answer comes from another server: a web page, such as a login, or JSON of another kind. */
function isForeign({ text, headers }: Reply): boolean {
  const isPage = /^\s*</.test(text) || /\bhtml\b/i.test(headers.get('content-type') ?? '');
  return isPage || parseJson(text) !== undefined;
}
