import type { CommandConfig, Config } from '../../config/index.ts';
import { parseJson, request } from '../../http/request.ts';
import { authorization } from '../../ntfy/client.ts';
import { ACCOUNTS } from '../access.ts';
import { adviceOnFailure, REQUEST_TIMEOUT } from '../address.ts';
import { fail, ok, warn } from '../finding.ts';
import type { Outcome } from '../finding.ts';
import type { Server } from './index.ts';

/** Maximum length of the first line of a stream, in characters. */
const MAX_LINE = 4096;

/** Whether the sidecar may read the command topic, by the same stream as for presses, and whether others may. */
export async function checkReading(ntfy: Config['ntfy'], { topic }: CommandConfig): Promise<Outcome> {
  const own = await checkStream(ntfy, topic);
  if (own.status !== 'ok') return own;
  if (ntfy.auth.kind !== 'none' && !(await mayRead(ntfy, topic))) return own;
  return warn(
    'everyone may read the command topic: who knows its name can see presses, but not repeat them',
    'On your own server: `ntfy access everyone COMMAND_TOPIC write-only`. On ntfy.sh: use a name that nobody can guess.',
  );
}

/** `GET /<topic>/auth` checks the permission to read (reference/ntfy.md, section 3). */
export async function mayRead(
  { server, proxy }: Server,
  topic: string,
  headers: Record<string, string> = {},
): Promise<boolean> {
  const reply = await request(`${server}/${topic}/auth`, { headers, timeout: REQUEST_TIMEOUT, proxy });
  return reply.ok && reply.value.status === 200;
}

/** ntfy begins a stream with the event `open`, at once: what is missing is held back by something in front of it. */
async function checkStream({ server, auth, proxy }: Config['ntfy'], topic: string): Promise<Outcome> {
  const end = new AbortController();
  let start = '';
  const reply = await request(`${server}/${topic}/json?since=none`, {
    headers: authorization(auth),
    timeout: REQUEST_TIMEOUT,
    proxy,
    signal: end.signal,
    take(piece) {
      start = (start + piece).slice(0, MAX_LINE);
      if (start.includes('\n') || start.length === MAX_LINE) end.abort();
    },
  });
  if (isOpen(start)) return ok(`${ACCOUNTS[auth.kind]} may read the command topic`);
  if (start !== '') return FOREIGN;
  if (reply.ok) return statusOutcome(reply.value.status, auth.kind);
  const { failure } = reply;
  return failure.reason === 'timeout'
    ? fail(
        'the stream of the command topic begins with nothing: something in front of ntfy may buffer it',
        'Configure the proxy in front of ntfy not to buffer its responses (nginx: proxy_buffering off).',
      )
    : fail(failure.message, adviceOnFailure(failure, 'NTFY_TOPIC or NTFY_SERVER'));
}

function isOpen(start: string): boolean {
  const [line = ''] = start.split('\n');
  const event = parseJson(line);
  return typeof event === 'object' && event !== null && 'event' in event && event.event === 'open';
}

const FOREIGN = fail(
  'the stream of the command topic is not from ntfy',
  'Configure the proxy or firewall in front of ntfy to allow GET requests to the command topic.',
);

function statusOutcome(status: number, kind: Config['ntfy']['auth']['kind']): Outcome {
  if (status === 429)
    return warn('it accepts no requests for now (429)', 'Wait a minute, and run `doctor` again.');
  if (status !== 401 && status !== 403) return FOREIGN;
  return fail(
    `${ACCOUNTS[kind]} may not read the command topic (${status})`,
    kind === 'none'
      ? 'Set NTFY_TOKEN, or NTFY_USER and NTFY_PASS.'
      : 'Permit the user to read it: `ntfy access USER COMMAND_TOPIC read-only`.',
  );
}
