import type { Config } from '../config/index.ts';
import { hostOf, parseJson, request } from '../http/request.ts';
import type { Reply } from '../http/request.ts';
import { authorization } from '../ntfy/client.ts';
import { account, ERROR_CODES, features, health, refusal } from '../ntfy/schemas.ts';
import { REQUEST_TIMEOUT, redirected, unreachable } from './address.ts';
import { fail, ok, skip, warn } from './finding.ts';
import type { Outcome, Outcomes } from './finding.ts';

/** What was found, and by how many milliseconds the server's clock is ahead of ours, where it tells the time. */
export interface NtfyFindings {
  outcomes: Outcomes;
  date: { ahead: number } | null;
}

/** Address, permission, sequences, limits. Nothing is published: no phone makes a sound, and no day's quota shrinks. */
export async function checkNtfy({ ntfy, progress }: Config): Promise<NtfyFindings> {
  const { server, proxy } = ntfy;
  const reply = await request(`${server}/v1/health`, { timeout: REQUEST_TIMEOUT, proxy });
  if (!reply.ok) {
    const advice = unreachable(reply.failure, 'NTFY_TOPIC or NTFY_SERVER');
    return { outcomes: { ntfy: fail(reply.failure.message, advice) }, date: null };
  }
  const date = clockOf(reply.value);
  const through = proxy === undefined ? '' : `, through the proxy ${proxy.host}`;
  const address = judgeAddress(reply.value, `${hostOf(server)}${through}`);
  if (address.status === 'fail') return { outcomes: { ntfy: address }, date };
  const sequences = await readSequences(ntfy);
  const before = { ntfy: address, 'ntfy-updates': judgeSequences(sequences, progress) };
  const access = await checkAccess(ntfy);
  if (access.status === 'fail') return { outcomes: { ...before, 'ntfy-access': access }, date };
  const deletions = sequences === 'unknown' ? skip('no card is deleted there') : await checkDeletions(ntfy);
  const limits = await checkLimits(ntfy);
  return {
    outcomes: { ...before, 'ntfy-access': access, 'ntfy-deletions': deletions, 'ntfy-limits': limits },
    date,
  };
}

function clockOf({ headers }: Reply): NtfyFindings['date'] {
  const theirs = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(theirs) ? null : { ahead: theirs - Date.now() };
}

function judgeAddress(reply: Reply, host: string): Outcome {
  const moved = redirected(reply, 'NTFY_TOPIC or NTFY_SERVER');
  if (moved !== null) return moved;
  if (reply.status >= 500)
    return fail(`${host} answered ${reply.status}`, 'Look at the ntfy server, or the proxy before it.');
  const parsed = health.safeParse(parseJson(reply.text));
  if (!parsed.success)
    return fail(
      `what answers at ${host} is no ntfy server (${reply.status})`,
      'Check the server in NTFY_TOPIC or NTFY_SERVER. Is it under a path? Then the proxy there must hand requests on without that path.',
    );
  return parsed.data.healthy
    ? ok(`an ntfy server answers at ${host}`)
    : warn(`the ntfy server at ${host} says that it is not healthy`, 'Look into its log.');
}

/** Whether it has sequence IDs (2.16 and later); `unseen`: a proxy answers in its place, or nobody does. */
async function readSequences({ server, proxy }: Config['ntfy']): Promise<'known' | 'unknown' | 'unseen'> {
  const reply = await request(`${server}/v1/config`, { timeout: REQUEST_TIMEOUT, proxy });
  if (!reply.ok) return 'unseen';
  const answer = parseJson(reply.value.text);
  if (features.safeParse(answer).success) return 'known';
  return refusal.parse(answer).code === ERROR_CODES.notFound ? 'unknown' : 'unseen';
}

function judgeSequences(
  sequences: Awaited<ReturnType<typeof readSequences>>,
  progress: Config['progress'],
): Outcome {
  if (sequences === 'known') return ok('it knows sequence IDs: one card for each torrent, updated in place');
  if (progress === 'milestones') return ok('not known to it, and not needed with PROGRESS=milestones');
  if (sequences === 'unseen')
    return warn(
      'whether it knows sequence IDs can not be seen: the answer to /v1/config is not its own',
      'Let the proxy in front of ntfy pass GET /v1/config.',
    );
  return warn(
    'it does not know sequence IDs (ntfy before 2.16): each update is a card of its own, so only 25, 50 and 75 % are told',
    'Bring ntfy to 2.16 or later for one card that moves.',
  );
}

/**
 * A publish that ntfy takes apart only after it has looked at who asks, and then refuses: there is no priority 9, and no
 * such delay. It costs one request of the burst and no message (ntfy `server/server.go`, `handlePublishInternal`).
 */
async function checkAccess({ server, topic, auth, proxy }: Config['ntfy']): Promise<Outcome> {
  const reply = await request(`${server}/`, {
    method: 'POST',
    headers: authorization(auth),
    // As the sidecar publishes: a proxy may treat another path or format in another way.
    body: JSON.stringify({ topic, message: 'doctor', priority: 9, delay: 'never', cache: 'no' }),
    timeout: REQUEST_TIMEOUT,
    proxy,
  });
  if (!reply.ok) return fail(reply.failure.message, unreachable(reply.failure, 'NTFY_TOPIC or NTFY_SERVER'));
  const { status, text } = reply.value;
  const { code } = refusal.parse(parseJson(text));
  if (code === undefined) return judgeProxy(status);
  if (status === 400) return ok(`${who[auth.kind]} may publish to the topic`);
  if (status === 401) return fail('it does not accept the credentials (401)', CREDENTIALS[auth.kind]);
  if (status === 403)
    return fail(`${who[auth.kind]} may not publish to the topic (403)`, PERMISSION[auth.kind]);
  if (code === ERROR_CODES.tooManyAuthFailures)
    return fail(
      'it accepts no credentials for now: too many wrong ones came from here',
      'Correct them, and wait some minutes.',
    );
  if (status === 429)
    return warn('it takes no request for now: too many came from here', 'Wait a minute, and look again.');
  return warn(
    `it answered ${status}, which says nothing about permissions`,
    '`test-notification` finds out.',
  );
}

/** ntfy puts a code into each of its errors: an answer without one says nothing about the token or the topic. */
function judgeProxy(status: number): Outcome {
  if (status === 401)
    return fail(
      'something in front of ntfy requires a login of its own (401)',
      'Let the sidecar reach ntfy without the login page or the basic auth of the proxy.',
    );
  if (status === 429)
    return warn(
      'something in front of ntfy takes no request for now (429)',
      'Wait a minute, and look again.',
    );
  return fail(
    `something in front of ntfy rejected the message (${status}), not ntfy itself`,
    'Let the proxy or firewall in front of ntfy pass POST requests with JSON to /. The token and the topic are not the cause.',
  );
}

/**
 * No card can have a sequence of 65 characters: ntfy answers 404 with its code (measured on 2.11 and 2.27). Nothing is
 * published, and no message of the day is spent; an answer without that code is not ntfy's.
 */
async function checkDeletions({ server, topic, auth, proxy }: Config['ntfy']): Promise<Outcome> {
  const reply = await request(`${server}/${topic}/${'x'.repeat(65)}`, {
    method: 'DELETE',
    headers: authorization(auth),
    timeout: REQUEST_TIMEOUT,
    proxy,
  });
  const advice =
    'Allow DELETE in the proxy or firewall in front of ntfy. Until then progress cards leave the notification drawer, but stay in the list of the app.';
  if (!reply.ok) return warn(`DELETE does not reach ntfy: ${reply.failure.message}`, advice);
  const { status, text } = reply.value;
  return refusal.parse(parseJson(text)).code === undefined
    ? warn(`something in front of ntfy rejects DELETE (${status})`, advice)
    : ok('DELETE reaches it: cards that are over are taken away');
}

type Kind = Config['ntfy']['auth']['kind'];

const who: Record<Kind, string> = {
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
  token: "Let the token's user write: `ntfy access USER TOPIC write-only`. Is it the right topic?",
  basic: 'Let the user write: `ntfy access USER TOPIC write-only`. Is it the right topic?',
  none: 'Set NTFY_TOKEN, or NTFY_USER and NTFY_PASS.',
};

async function checkLimits({ server, auth, proxy }: Config['ntfy']): Promise<Outcome> {
  const headers = authorization(auth);
  const reply = await request(`${server}/v1/account`, { headers, timeout: REQUEST_TIMEOUT, proxy });
  const parsed = account.safeParse(reply.ok ? parseJson(reply.value.text) : undefined);
  if (!parsed.success) return skip('it does not say');
  const daily = parsed.data.limits.messages;
  const left = parsed.data.stats.messages_remaining;
  const found = `${left} of ${daily} messages are left today`;
  const advice = 'It begins anew at 00:00 UTC. On a server of your own, raise visitor-message-daily-limit.';
  if (left === 0) return fail(`no message is left today, of ${daily}`, advice);
  return left < daily / 10 ? warn(found, `Progress is told ever less. ${advice}`) : ok(found);
}
