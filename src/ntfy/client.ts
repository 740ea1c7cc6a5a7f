import type { Publication } from '../../machines/outbox/machine.ts';
import type { Allowance } from '../../machines/outbox/budget.ts';
import type { Form, Notification, Result } from '../../machines/domain.ts';
import { routeOf } from '../../machines/routing/routed.ts';
import { DEFAULT_ROUTE } from '../../machines/routing/types.ts';
import type { RouteId } from '../../machines/routing/types.ts';
import { basicAuthorization } from '../http/basic-auth.ts';
import type { Config } from '../config/index.ts';
import { err, hostOf, parseJson, request } from '../http/request.ts';
import type { Reply, RequestOptions } from '../http/request.ts';
import { alertSequence, progressSequence, renderCard, renderEnded, summarySequence } from './card.ts';
import type { Card, CardOptions } from './card.ts';
import { styleFor } from './style-of.ts';
import type { StyleOf } from './style-of.ts';
import { createRemoval } from './removal.ts';
import type { RemovalMethod } from './removal.ts';
import type { NotificationStyle } from './style.ts';
import { accepted, account, ERROR_CODES } from './schemas.ts';
import { publishedChange } from './phone-change.ts';
import type { CardId, Origin, PhoneChange } from './phone-change.ts';
import { failureOfReply } from './reply-failure.ts';
import { readSequenceSupport } from './sequences.ts';

export interface PublishOptions {
  /** How much text the message contains. Default: `full`. */
  form?: Form;
  /** How the rule that applies changes the message. Default: not at all. */
  style?: NotificationStyle | undefined;
  signal?: AbortSignal;
}

export interface NtfyClientOptions {
  /** Called when DELETE does not reach ntfy, with the method used instead; again after six hours. */
  onDeleteRejected?: (instead: RemovalMethod) => void;
  /** Called with each change that ntfy has accepted. Must not throw. */
  onAccepted?: (change: PhoneChange) => void;
  /** Milliseconds since 1970. */
  now?: () => number;
  /** The topic of a route; `null` if it is unknown. Default: only that of `NTFY_TOPIC` is known. */
  topicOf?: (route: RouteId) => string | null;
  /** The style of a rule. Default: none has one. */
  styleOf?: StyleOf;
}

/** The requests of the sidecar to ntfy. Failures are returned; an exception is a bug. */
export interface NtfyClient {
  publish(notification: Notification, options?: PublishOptions): Promise<Publication>;
  /** The daily message quota of this sender; `null` if the server does not report it. */
  allowance(signal?: AbortSignal): Promise<Allowance | null>;
  /** Whether the server knows sequence IDs, without which no card has buttons; `null` if that is not known. */
  knowsSequences(signal?: AbortSignal): Promise<boolean | null>;
}

/**
 * Publishes as JSON to the server's root, so that no text becomes a header. Cards are deleted by their sequence ID. A
 * server before 2.16 has no sequence IDs: it answers without one, or with 40401, and counts as not live. Topics of rules
 * are on the same server; only this client knows their names.
 */
export function createNtfyClient(
  config: Config['ntfy'],
  cardOptions: Omit<CardOptions, 'topic'>,
  options: NtfyClientOptions = {},
): NtfyClient {
  const { onDeleteRejected = () => {}, onAccepted = () => {} } = options;
  const { now = Date.now, topicOf = () => null, styleOf } = options;
  const removal = createRemoval(onDeleteRejected, now);
  const { send, remove } = createSender(config, onAccepted);

  async function removeAll(places: readonly Place[], { form = 'full', signal }: PublishOptions) {
    let last: Publication = { ok: true, value: { live: null } };
    for (const place of places) {
      last = await removal.remove(form, {
        delete: () => remove('delete', place, signal),
        clear: () => remove('clear', place, signal),
        update: () =>
          send(renderEnded(place.topic, place.sequence), { route: place.route, rule: null }, signal),
      });
      if (!last.ok || last.value.live === false) return last;
    }
    return last;
  }

  return {
    async publish(notification, options = {}) {
      const route = routeOf(notification);
      const known = route === DEFAULT_ROUTE ? config.topic : topicOf(route);
      const topic = known ?? config.topic;
      const { kind, rule = null } = notification;
      if (kind === 'alert-clear' || kind === 'card-delete' || kind === 'summary-delete') {
        // If the topic is not known any more, nothing can be deleted from it.
        const sequences = known === null ? [] : deletedSequences(cardOptions.instance, notification);
        return removeAll(
          sequences.map((sequence) => ({ topic, route, sequence })),
          options,
        );
      }
      const { form, style = styleFor(notification, styleOf), signal } = options;
      const card = renderCard(notification, { now: now(), ...cardOptions, topic }, form, style);
      return send(card, { route: known === null ? DEFAULT_ROUTE : route, rule }, signal);
    },
    allowance: (signal) => readAllowance(config, signal),
    knowsSequences: (signal) => readSequenceSupport(config, { keep: true, ...abortedBy(signal) }),
  };
}

/** The requests that change a card; each change that ntfy has accepted is reported. */
function createSender(config: Config['ntfy'], onAccepted: (change: PhoneChange) => void) {
  const call = createCall(config);
  /** Whether this server has echoed a sequence ID. */
  let isLive = false;

  async function send(card: Card, origin: Origin, signal: AbortSignal | undefined): Promise<Publication> {
    const answer = await call('', { method: 'POST', body: JSON.stringify(card), ...abortedBy(signal) });
    if (!answer.ok) return answer;
    const live = answer.value === null ? null : answer.value.sequence_id === card.sequence_id;
    isLive = live ?? isLive;
    onAccepted(publishedChange(card, origin, live !== false));
    return { ok: true, value: { live } };
  }

  async function remove(method: 'delete' | 'clear', { topic, route, sequence }: Place, signal?: AbortSignal) {
    const path = `${topic}/${sequence}`;
    const answer = await (method === 'delete'
      ? call(path, { method: 'DELETE', ...abortedBy(signal) })
      : call(`${path}/clear`, { headers: { 'cache-control': 'no-cache' }, ...abortedBy(signal) }));
    if (answer.ok) {
      onAccepted({ type: 'deleted', route, sequence });
      return { ok: true, value: { live: true } } as const;
    }
    const isUnknown = answer.failure.answer?.code === ERROR_CODES.notFound;
    if (!isUnknown) return answer;
    // The server has sequence IDs but not this path: something in front of it answered.
    if (isLive) return { ok: false, failure: { ...answer.failure, reason: 'not-ntfy' } } as const;
    return { ok: true, value: { live: false } } as const;
  }

  return { send, remove };
}

/** Where a card is. */
interface Place extends CardId {
  topic: string;
}

/** The cards that a deletion deletes. */
function deletedSequences(
  instance: string,
  notification: Extract<Notification, { kind: 'alert-clear' | 'card-delete' | 'summary-delete' }>,
): string[] {
  const { kind, key } = notification;
  if (kind === 'summary-delete') return [summarySequence(instance)];
  if (kind === 'alert-clear') return [alertSequence(instance, key)];
  const alert = notification.alerted ? [alertSequence(instance, key)] : [];
  return [progressSequence(instance, key), ...alert];
}

async function readAllowance({ server, auth, proxy }: Config['ntfy'], signal?: AbortSignal) {
  const headers = authorization(auth);
  const reply = await request(`${server}/v1/account`, { keep: true, proxy, headers, ...abortedBy(signal) });
  const parsed = account.safeParse(reply.ok ? parseJson(reply.value.text) : undefined);
  if (!parsed.success) return null;
  return { daily: parsed.data.limits.messages, left: parsed.data.stats.messages_remaining };
}

/** Sends a request and returns ntfy's answer; `null`: accepted, but the answer is unreadable. */
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
 * Reads a 2xx answer. One without ntfy's `id` comes from a login page or a captive portal, which answer 200 to any
 * request: the message is not delivered. An unreadable answer counts as accepted: sent again, the message would make a
 * second sound on a server without sequence IDs.
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

/** The Authorization header, if any. */
export function authorization(auth: Config['ntfy']['auth']): Record<string, string> {
  if (auth.kind === 'token') return { authorization: `Bearer ${auth.token.reveal()}` };
  if (auth.kind === 'none') return {};
  return { authorization: basicAuthorization(auth) };
}

/** Whether a 2xx answer is not ntfy's: a web page, such as a login page, or other JSON. */
function isForeign({ text, headers }: Reply): boolean {
  const isPage = /^\s*</.test(text) || /\bhtml\b/i.test(headers.get('content-type') ?? '');
  return isPage || parseJson(text) !== undefined;
}
