import type { Publication } from '../../machines/outbox.ts';
import type { Allowance } from '../../machines/rules/budget.ts';
import type { Notification } from '../../machines/types.ts';
import { basicAuthorization } from '../basic.ts';
import type { Config } from '../config/index.ts';
import { failed, hostOf, parseJson, request } from '../http.ts';
import type { Reply, RequestOptions } from '../http.ts';
import { alertSequence, progressSequence, renderCard, simplify } from './card.ts';
import type { Address, Card } from './card.ts';
import { accepted, account, ERROR_CODES, refusal } from './schemas.ts';

export interface PublishOptions {
  /** In its simplest form: it was refused as it was. Default: false. */
  simple?: boolean;
  signal?: AbortSignal;
}

/** What the sidecar asks of ntfy. None of it throws. */
export interface NtfyClient {
  publish(notification: Notification, options?: PublishOptions): Promise<Publication>;
  /** What this sender may send today; `null` where the server does not say. */
  allowance(signal?: AbortSignal): Promise<Allowance | null>;
}

/**
 * Publishes as JSON to the server's root, where text is never a header. A card that has to go is deleted by its
 * sequence; a server before 2.16 knows neither, answers without the sequence or with 404, and counts as not live.
 */
export function createNtfyClient(config: Config['ntfy'], place: Omit<Address, 'topic'>): NtfyClient {
  const { server, topic, auth, proxy } = config;
  const host = hostOf(server);
  const call = (path: string, options: RequestOptions) =>
    request(`${server}/${path}`, {
      ...options,
      keep: true,
      statusSuffices: options.method !== undefined,
      proxy,
      headers: authorization(auth),
    });

  async function takeAway(
    sequences: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<Publication> {
    for (const sequence of sequences) {
      const reply = await call(`${topic}/${sequence}`, { method: 'DELETE', ...abortedBy(signal) });
      if (!reply.ok) return reply;
      if (reply.value.status === 404) return { ok: true, value: { live: false } };
      const judged = judge(reply.value, host);
      if (judged !== null) return judged;
    }
    return { ok: true, value: { live: true } };
  }

  async function send(card: Card, signal: AbortSignal | undefined): Promise<Publication> {
    const reply = await call('', { method: 'POST', body: JSON.stringify(card), ...abortedBy(signal) });
    if (!reply.ok) return reply;
    const judged = judge(reply.value, host);
    if (judged !== null) return judged;
    const message = accepted.safeParse(parseJson(reply.value.text));
    if (message.success) return { ok: true, value: { live: message.data.sequence_id === card.sequence_id } };
    return isForeign(reply.value)
      ? failed('misdirected', `${host} does not answer like an ntfy server`, 'not-ntfy')
      : { ok: true, value: { live: null } };
  }

  return {
    async publish(notification, { simple = false, signal } = {}) {
      const { kind, key } = notification;
      if (kind === 'clearance') return takeAway([alertSequence(place.instance, key)], signal);
      if (kind === 'dismissal') {
        const alert = notification.alerted ? [alertSequence(place.instance, key)] : [];
        return takeAway([progressSequence(place.instance, key), ...alert], signal);
      }
      const card = renderCard(notification, { ...place, topic });
      return send(simple ? simplify(card) : card, signal);
    },
    async allowance(signal) {
      const reply = await call('v1/account', abortedBy(signal));
      const parsed = account.safeParse(reply.ok ? parseJson(reply.value.text) : undefined);
      if (!parsed.success) return null;
      return { daily: parsed.data.limits.messages, left: parsed.data.stats.messages_remaining };
    },
  };
}

const abortedBy = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });

/** The header that shows who publishes. */
export function authorization(auth: Config['ntfy']['auth']): Record<string, string> {
  if (auth.kind === 'token') return { authorization: `Bearer ${auth.token.reveal()}` };
  if (auth.kind === 'none') return {};
  return { authorization: basicAuthorization(auth) };
}

/**
 * Whether a good answer comes from another server: a web page, such as a login, or JSON of another kind. Where an
 * answer can't be read at all, ntfy has the message: sent again, it would make a second sound.
 */
function isForeign({ text, headers }: Reply): boolean {
  const isPage = /^\s*</.test(text) || /\bhtml\b/i.test(headers.get('content-type') ?? '');
  return isPage || parseJson(text) !== undefined;
}

/** What a status says; `null` for a good one. */
function judge({ status, text }: Reply, host: string) {
  if (status >= 200 && status < 300) return null;
  const { code, error } = refusal.parse(parseJson(text));
  const said = `${host} answered ${code ?? status}${error === undefined ? '' : ` (${error.slice(0, 100)})`}`;
  if (status === 401 || status === 403 || code === ERROR_CODES.tooManyAuthFailures)
    return failed('unauthorized', said);
  if (code === ERROR_CODES.dailyQuota) return failed('exhausted', said);
  if (status === 429) return failed('limited', said);
  if (status >= 500) return failed('broken', said);
  return failed(status === 400 || status === 413 ? 'rejected' : 'misdirected', said);
}
