/** Whether someone may publish to a topic: tried with a message that ntfy rejects, so nothing is published. */
import type { Result } from '../../machines/domain.ts';
import type { Config } from '../config/index.ts';
import { parseJson, request } from '../http/request.ts';
import type { Reply } from '../http/request.ts';
import { authorization } from '../ntfy/client.ts';
import { ERROR_CODES, refusal } from '../ntfy/schemas.ts';
import { adviceOnFailure, REQUEST_TIMEOUT } from './address.ts';
import { fail, ok, warn } from './finding.ts';
import type { Outcome } from './finding.ts';

/** Who publishes where, in the words of the settings. */
export interface Publisher {
  /** Like `NTFY_TOKEN`. */
  account: string;
  /** Like `the topic`. */
  topic: string;
  /** The setting of the address. */
  setting: string;
  /** What to do if the credentials are wrong (401), and if they do not permit it (403). */
  advice: { credentials: string; permission: string };
  /** The kind of requests that a proxy must allow. */
  requests: string;
}

/**
 * An invalid message (priority 9, an invalid delay), which ntfy parses only after it has checked the permission, and then
 * rejects. It counts as one request, and not as a message (ntfy `server/server.go`, `handlePublishInternal`).
 */
export async function checkAccess({ server, topic, auth, proxy }: Config['ntfy']): Promise<Outcome> {
  const reply = await request(`${server}/`, {
    method: 'POST',
    headers: authorization(auth),
    // Same path and format as the sidecar's messages: a proxy may treat others differently.
    body: JSON.stringify({ topic, message: 'doctor', priority: 9, delay: 'never', cache: 'no' }),
    timeout: REQUEST_TIMEOUT,
    proxy,
  });
  return accessOutcome(reply, {
    account: ACCOUNTS[auth.kind],
    topic: 'the topic',
    setting: 'NTFY_TOPIC or NTFY_SERVER',
    advice: { credentials: CREDENTIALS[auth.kind], permission: PERMISSION[auth.kind] },
    requests: 'POST requests with JSON to /',
  });
}

/** What the answer to such a message shows. */
export function accessOutcome(reply: Result<Reply>, publisher: Publisher): Outcome {
  const { account, topic, setting, advice, requests } = publisher;
  if (!reply.ok) return fail(reply.failure.message, adviceOnFailure(reply.failure, setting));
  const { status, text } = reply.value;
  const { code } = refusal.parse(parseJson(text));
  if (code === undefined) return proxyOutcome(status, requests);
  if (status === 400) return ok(`${account} may publish to ${topic}`);
  if (status === 401) return fail('it does not accept the credentials (401)', advice.credentials);
  if (status === 403) return fail(`${account} may not publish to ${topic} (403)`, advice.permission);
  if (code === ERROR_CODES.tooManyAuthFailures)
    return fail(
      'it accepts no credentials for now, after too many wrong ones from this address',
      'Correct them, and wait a few minutes.',
    );
  if (status === 429)
    return warn(
      'it accepts no requests for now, after too many from this address',
      'Wait a minute, and run `doctor` again.',
    );
  return warn(
    `it answered ${status}, which does not show whether publishing is permitted`,
    'Run `test-notification`.',
  );
}

/** ntfy's errors contain a code: an answer without one is from a proxy, and independent of token and topic. */
function proxyOutcome(status: number, requests: string): Outcome {
  if (status === 401)
    return fail(
      'something in front of ntfy requires a login of its own (401)',
      'Configure the proxy to forward requests of the sidecar without its login page or basic authentication.',
    );
  if (status === 429)
    return warn(
      'something in front of ntfy accepts no requests for now (429)',
      'Wait a minute, and run `doctor` again.',
    );
  return fail(
    `something in front of ntfy rejected the message (${status}), not ntfy itself`,
    `Configure the proxy or firewall in front of ntfy to allow ${requests}. The token and the topic are not the cause.`,
  );
}

type Kind = Config['ntfy']['auth']['kind'];

/** How the settings name an account. */
export const ACCOUNTS: Readonly<Record<Kind, string>> = {
  token: 'NTFY_TOKEN',
  basic: 'NTFY_USER',
  none: 'everyone, without credentials,',
};
const CREDENTIALS: Record<Kind, string> = {
  token: 'Correct NTFY_TOKEN: `ntfy token add USER` makes a new one.',
  basic: 'Correct NTFY_USER and NTFY_PASS.',
  none: 'Set NTFY_TOKEN, or NTFY_USER and NTFY_PASS.',
};
const PERMISSION: Record<Kind, string> = {
  token: "Permit the token's user to publish: `ntfy access USER TOPIC write-only`. Is it the right topic?",
  basic: 'Permit the user to publish: `ntfy access USER TOPIC write-only`. Is it the right topic?',
  none: 'Set NTFY_TOKEN, or NTFY_USER and NTFY_PASS.',
};
