/** Copies the actors' data without secrets: the hosted inspector is a page of another site. */
import type { Config } from '../config/index.ts';
import type { Secret } from '../util/secret.ts';

/** Copies a value without its secrets. Never throws. */
export type Mask = (value: unknown) => unknown;

const HIDDEN = '***';
const MAX_DEPTH = 8;
const MAX_LIST_LENGTH = 100;

/** Names of fields that may contain a secret that is not a setting, such as a session's cookie. */
const SECRET_NAME =
  /^(?:pass(?:word|wd)?|secret|token|cookies?|authorization|auth|api_?key|credentials?|sid)$/i;

/**
 * Hides texts that contain a secret (plain, URL encoded or in Base64) and fields with the name of one. The machines
 * contain no secrets (test/properties/secrets.test.ts): this is a second line of defence.
 */
export function createMask(secrets: () => Iterable<string>): Mask {
  return (value) => {
    const patterns = [...secrets()].filter((secret) => secret !== '').flatMap(encodingsOf);
    const hide = (text: string) => (patterns.some((pattern) => text.includes(pattern)) ? HIDDEN : text);
    try {
      return copy(value, hide, 0);
    } catch {
      // A getter or a proxy that throws.
      return HIDDEN;
    }
  };
}

function encodingsOf(secret: string): string[] {
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, '')];
}

function copy(value: unknown, hide: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return hide(value);
  if (typeof value === 'bigint' || typeof value === 'symbol') return hide(String(value));
  if (typeof value === 'function') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '…';
  if (value instanceof Error) return { name: hide(value.name), message: hide(value.message) };
  if (value instanceof Map) return `Map (${value.size})`;
  if (value instanceof Set) return `Set (${value.size})`;
  // An actor: its data is in its own messages.
  if ('sessionId' in value && 'send' in value) return { actor: hide(String(value.sessionId)) };
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_LIST_LENGTH).map((item) => copy(item, hide, depth + 1));
    return items.length < value.length ? [...items, `… ${value.length - items.length} more`] : items;
  }
  const entries = Object.entries(value).map(([key, item]) => [
    hide(key),
    SECRET_NAME.test(key) ? HIDDEN : copy(item, hide, depth + 1),
  ]);
  return Object.fromEntries(entries);
}

/** All present and past secrets of the configuration: those in files are read again, and their old values stay hidden. */
export function secretsOf({ commands, hook, ntfy, ops, qbittorrent }: Config): () => Iterable<string> {
  const topics = [ntfy.topic, ...(commands === null ? [] : [commands.topic])];
  const values = new Set<string>([...topics, ...secretsOfProxy(ntfy.proxy)]);
  const pairs = [qbittorrent.auth, ntfy.auth];
  const { basic } = qbittorrent;
  const secrets: Array<Secret | null> = [
    hook.token,
    ops.token,
    commands?.token ?? null,
    commands?.secret ?? null,
    basic?.password ?? null,
    ...pairs.map(secretOf),
  ];
  return () => {
    for (const secret of secrets) if (secret !== null) values.add(secret.reveal());
    for (const auth of pairs) {
      // As in basic authentication.
      if ('username' in auth) values.add(`${auth.username}:${auth.password.reveal()}`);
    }
    if (basic !== undefined) values.add(`${basic.username}:${basic.password.reveal()}`);
    return values;
  };
}

/** Its password, and the pair in basic authentication. */
function secretsOfProxy(proxy: Config['ntfy']['proxy']): string[] {
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
