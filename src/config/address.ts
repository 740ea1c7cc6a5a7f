/** Addresses of servers, and ntfy's topic. Messages continue the name of the setting: "QBIT_HOST must be …". */
import * as z from 'zod';

/** Paths that the ntfy server reserves (reference/ntfy.md, section 3). */
export const RESERVED_TOPICS = new Set([
  'docs',
  'static',
  'file',
  'app',
  'metrics',
  'account',
  'settings',
  'signup',
  'login',
  'v1',
]);

/** Paths below a topic: such a URL was copied from a subscription. */
const TOPIC_SUBPATHS = new Set(['json', 'sse', 'raw', 'ws', 'auth', 'publish', 'send', 'trigger']);

/** An address, and the user name and password for the reverse proxy at it. */
export interface GuardedUrl {
  url: string;
  login: { username: string; password: string } | null;
}

/** Like `httpUrl`, but may contain a user name and a password, percent-encoded. */
export const guardedUrl = z.string().transform((text, context): GuardedUrl => {
  const { url, fault } = parseAddress(text, null);
  const login = url === undefined ? null : loginIn(url);
  if (url && login !== undefined) return { url: withoutSlash(url), login };
  context.addIssue(
    fault ?? 'must contain its user name and password percent-encoded, and no colon in the user name',
  );
  return z.NEVER;
});

function loginIn({ username, password }: URL): GuardedUrl['login'] | undefined {
  if (username === '' && password === '') return null;
  try {
    const login = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
    return login.username.includes(':') ? undefined : login;
  } catch {
    return undefined;
  }
}

/**
 * An http or https address with its path, without a trailing slash.
 *
 * @param instead the settings for its user name and password, for a message; default: there are none
 */
export function httpUrl(instead = '') {
  return z.string().transform((text, context) => {
    const { url, fault } = parseAddress(text, instead);
    if (url) return withoutSlash(url);
    context.addIssue(fault);
    return z.NEVER;
  });
}

/** An http or https address that a tap opens, as it is: a slash at its end can matter. */
export const link = z.string().transform((text, context) => {
  const { url, fault } = parseAddress(text, '');
  if (url) return url.href;
  context.addIssue(fault);
  return z.NEVER;
});

const withoutSlash = ({ origin, pathname }: URL): string => origin + pathname.replace(/\/+$/, '');

const NTFY_LOGIN = 'NTFY_USER and NTFY_PASS';

/** A topic; `server` is missing (`null`) if only its name is given. */
export interface TopicAddress {
  server: string | null;
  topic: string;
}

/** A topic: its name, or its URL as the ntfy app shows it, which may have a base path. */
const topicWith = (instead: string, missing?: string) =>
  z.string(missing).transform((text, context): TopicAddress => {
    const parsed = parseTopic(text, instead);
    if (!('fault' in parsed)) return parsed;
    context.addIssue(parsed.fault);
    return z.NEVER;
  });

export const topic = topicWith(NTFY_LOGIN, 'is missing: set it to the topic that receives the notifications');

/** The topic of the buttons. */
export const commandTopic = topicWith('COMMAND_TOKEN');

/** The ntfy server. */
export const ntfyServer = httpUrl(NTFY_LOGIN);

function parseTopic(text: string, instead: string): TopicAddress | { fault: string } {
  if (!text.includes('/')) return checkTopic(null, text);
  const { url, fault } = parseAddress(text, instead);
  if (!url) return { fault: `${fault}, or a topic without slashes` };
  const [, base = '', name = ''] = /^(.*?)\/+([^/]*)$/.exec(url.pathname.replace(/\/$/, '')) ?? [];
  if (base !== '' && TOPIC_SUBPATHS.has(name))
    return { fault: `must end with the topic, without "/${name}" after it` };
  return checkTopic(url.origin + base, name);
}

function checkTopic(server: string | null, name: string) {
  if (name === '') return { fault: 'must contain a topic after the server' };
  if (!/^[-_A-Za-z0-9]{1,64}$/.test(name))
    return { fault: 'must be a topic of 1 to 64 letters, digits, "-" and "_", or its full URL' };
  if (RESERVED_TOPICS.has(name)) return { fault: 'must be another topic: ntfy reserves this name' };
  return { server, topic: name };
}

type Address = { url: URL; fault?: never } | { url?: never; fault: string };

/** `instead`: as in `httpUrl`; `null`: a user name and password are allowed. */
function parseAddress(text: string, instead: string | null): Address {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol))
    return { fault: 'must be an address that starts with http:// or https://' };
  if (instead !== null && (url.username || url.password)) {
    const place = instead === '' ? '' : `: use ${instead}`;
    return { fault: `must not contain a user name or password${place}` };
  }
  if (url.search || url.hash) return { fault: 'must not contain a query (?) or fragment (#)' };
  return { url };
}
