/** Plain copies of what actors hold, in which no secret is left: what is shown may reach a page of somebody else's. */
import type { Config } from '../config/index.ts';
import type { Secret } from '../util/secret.ts';

/** Copies a value without its secrets. Never throws. */
export type Mask = (value: unknown) => unknown;

const HIDDEN = '***';
const DEPTH = 8;
const MAX_LIST_LENGTH = 100;

/** Names under which a secret could stand that no setting holds, as a session's cookie. */
const telling = /^(?:pass(?:word|wd)?|secret|token|cookies?|authorization|auth|api_?key|credentials?|sid)$/i;

/**
 * Hides whatever contains one of the secrets, as it is, URL encoded or in Base64, and whatever is called like one. The
 * machines hold none (test/properties/secrets.test.ts): this is the second wall.
 */
export function createMask(secrets: () => Iterable<string>): Mask {
  return (value) => {
    const traces = [...secrets()].filter((secret) => secret !== '').flatMap(tracesOf);
    const hide = (text: string) => (traces.some((trace) => text.includes(trace)) ? HIDDEN : text);
    try {
      return copy(value, hide, 0);
    } catch {
      // A getter or a proxy that throws.
      return HIDDEN;
    }
  };
}

function tracesOf(secret: string): string[] {
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, '')];
}

function copy(value: unknown, hide: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return hide(value);
  if (typeof value === 'bigint' || typeof value === 'symbol') return hide(String(value));
  if (typeof value === 'function') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEPTH) return '…';
  if (value instanceof Error) return { name: hide(value.name), message: hide(value.message) };
  if (value instanceof Map) return `Map (${value.size})`;
  if (value instanceof Set) return `Set (${value.size})`;
  // An actor: what there is to see of it comes with its own messages.
  if ('sessionId' in value && 'send' in value) return { actor: hide(String(value.sessionId)) };
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_LIST_LENGTH).map((item) => copy(item, hide, depth + 1));
    return items.length < value.length ? [...items, `… ${value.length - items.length} more`] : items;
  }
  const entries = Object.entries(value).map(([key, item]) => [
    hide(key),
    telling.test(key) ? HIDDEN : copy(item, hide, depth + 1),
  ]);
  return Object.fromEntries(entries);
}

/** Every secret that the configuration holds or ever held: one from a file is read anew, and stays one when it changed. */
export function secretsOf({ hook, ntfy, ops, qbittorrent }: Config): () => Iterable<string> {
  const seen = new Set<string>([ntfy.topic, ...tracesOfProxy(ntfy.proxy)]);
  const pairs = [qbittorrent.auth, ntfy.auth];
  const { basic } = qbittorrent;
  const kept: Array<Secret | null> = [hook.token, ops.token, basic?.password ?? null, ...pairs.map(secretOf)];
  return () => {
    for (const secret of kept) if (secret !== null) seen.add(secret.reveal());
    for (const auth of pairs) {
      // As basic authentication would show them.
      if ('username' in auth) seen.add(`${auth.username}:${auth.password.reveal()}`);
    }
    if (basic !== undefined) seen.add(`${basic.username}:${basic.password.reveal()}`);
    return seen;
  };
}

/** Its password, and the pair that basic authentication shows. */
function tracesOfProxy(proxy: Config['ntfy']['proxy']): string[] {
  if (proxy === undefined) return [];
  const { username, password } = new URL(proxy.url.reveal());
  if (password === '') return [];
  const plain = decodeURIComponent(password);
  return [password, plain, `${decodeURIComponent(username)}:${plain}`];
}

type Auth = Config['qbittorrent']['auth'] | Config['ntfy']['auth'];

function secretOf(auth: Auth): Secret | null {
  switch (auth.kind) {
    case 'apiKey':
      return auth.key;
    case 'token':
      return auth.token;
    case 'password':
    case 'basic':
      return auth.password;
    case 'none':
      return null;
  }
}
