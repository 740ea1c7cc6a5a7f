import type { Config } from '../config/index.ts';
import type { RuleSet } from '../config/rules/index.ts';
import { hostOf, parseJson, request } from '../http/request.ts';
import type { Reply } from '../http/request.ts';
import { authorization } from '../ntfy/client.ts';
import { account, health, refusal } from '../ntfy/schemas.ts';
import { readSequenceSupport } from '../ntfy/sequences.ts';
import { checkAccess } from './access.ts';
import { REQUEST_TIMEOUT, redirectOutcome, adviceOnFailure } from './address.ts';
import { checkButtons } from './buttons/index.ts';
import { fail, ok, skip, warn } from './finding.ts';
import type { Outcome, Outcomes } from './finding.ts';
import { checkTopics } from './topics.ts';

/** The results, and by how many milliseconds the server's clock is ahead of this machine's; `null` if unknown. */
export interface NtfyFindings {
  outcomes: Outcomes;
  date: { ahead: number } | null;
}

/**
 * Checks address, permission (also for the topics of the rules), sequence IDs, limits, and what the buttons need.
 * Publishes nothing, so no phone makes a sound.
 */
export async function checkNtfy(
  { ntfy, commands, progress }: Config,
  rules: RuleSet | null = null,
): Promise<NtfyFindings> {
  const { server, proxy } = ntfy;
  const reply = await request(`${server}/v1/health`, { timeout: REQUEST_TIMEOUT, proxy });
  if (!reply.ok) {
    const advice = adviceOnFailure(reply.failure, 'NTFY_TOPIC or NTFY_SERVER');
    return { outcomes: { ntfy: fail(reply.failure.message, advice) }, date: null };
  }
  const date = clockOf(reply.value);
  const through = proxy === undefined ? '' : `, through the proxy ${proxy.host}`;
  const address = addressOutcome(reply.value, `${hostOf(server)}${through}`);
  if (address.status === 'fail') return { outcomes: { ntfy: address }, date };
  const sequences = await readSequenceSupport(ntfy, { timeout: REQUEST_TIMEOUT });
  const before = { ntfy: address, 'ntfy-updates': sequencesOutcome(sequences, progress) };
  const own = await checkAccess(ntfy);
  if (own.status === 'fail') return { outcomes: { ...before, 'ntfy-access': own }, date };
  const isTried = own.status === 'ok' && rules !== null;
  const access = isTried ? await checkTopics(rules, own, (topic) => checkAccess({ ...ntfy, topic })) : own;
  const deletions =
    sequences === false ? skip('not needed: the server does not support it') : await checkDeletions(ntfy);
  const limits = await checkLimits(ntfy);
  const buttons = commands === null ? {} : await checkButtons(ntfy, commands, sequences);
  const after = { 'ntfy-access': access, 'ntfy-deletions': deletions, 'ntfy-limits': limits, ...buttons };
  return { outcomes: { ...before, ...after }, date };
}

function clockOf({ headers }: Reply): NtfyFindings['date'] {
  const serverTime = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(serverTime) ? null : { ahead: serverTime - Date.now() };
}

function addressOutcome(reply: Reply, host: string): Outcome {
  const moved = redirectOutcome(reply, 'NTFY_TOPIC or NTFY_SERVER');
  if (moved !== null) return moved;
  if (reply.status >= 500)
    return fail(`${host} answered ${reply.status}`, 'Check the ntfy server, or the proxy in front of it.');
  const parsed = health.safeParse(parseJson(reply.text));
  if (!parsed.success)
    return fail(
      `the server at ${host} is not an ntfy server (${reply.status})`,
      'Check the server in NTFY_TOPIC or NTFY_SERVER. If it has a base path, the proxy must remove the path from requests.',
    );
  return parsed.data.healthy
    ? ok(`ntfy answers at ${host}`)
    : warn(`the ntfy server at ${host} reports that it is unhealthy`, 'Check its log.');
}

/** @param sequences whether it supports sequence IDs (2.16 and later); `null` if unknown */
function sequencesOutcome(sequences: boolean | null, progress: Config['progress']): Outcome {
  if (sequences === true)
    return ok('sequence IDs are supported: one card for each torrent, updated in place');
  if (progress === 'milestones' || progress === 'none')
    return ok(`sequence IDs are not supported, and not needed with PROGRESS=${progress}`);
  if (sequences === null)
    return warn(
      'support of sequence IDs is unknown: the answer to /v1/config is not from ntfy',
      'Configure the proxy in front of ntfy to allow GET /v1/config.',
    );
  const effect = progress === 'cards' ? '' : ', so progress is only sent at 25, 50 and 75 %';
  return warn(
    `sequence IDs are not supported (ntfy before 2.16): each update is a separate card${effect}`,
    'Update ntfy to 2.16 or later for cards that are updated in place.',
  );
}

/**
 * A sequence ID of 65 characters is invalid: ntfy answers 404 with its code (measured on 2.11 and 2.27), and publishes
 * nothing. An answer without that code is not from ntfy.
 */
async function checkDeletions({ server, topic, auth, proxy }: Config['ntfy']): Promise<Outcome> {
  const reply = await request(`${server}/${topic}/${'x'.repeat(65)}`, {
    method: 'DELETE',
    headers: authorization(auth),
    timeout: REQUEST_TIMEOUT,
    proxy,
  });
  const advice =
    'Allow DELETE in the proxy or firewall in front of ntfy. Until then progress cards are removed from the notification drawer, but stay in the list of the app.';
  if (!reply.ok) return warn(`DELETE does not reach ntfy: ${reply.failure.message}`, advice);
  const { status, text } = reply.value;
  return refusal.parse(parseJson(text)).code === undefined
    ? warn(`something in front of ntfy rejects DELETE (${status})`, advice)
    : ok('DELETE reaches ntfy: cards can be deleted');
}

async function checkLimits({ server, auth, proxy }: Config['ntfy']): Promise<Outcome> {
  const headers = authorization(auth);
  const reply = await request(`${server}/v1/account`, { headers, timeout: REQUEST_TIMEOUT, proxy });
  const parsed = account.safeParse(reply.ok ? parseJson(reply.value.text) : undefined);
  if (!parsed.success) return skip('the server does not report it');
  const daily = parsed.data.limits.messages;
  const left = parsed.data.stats.messages_remaining;
  const found = `${left} of ${daily} messages are left today`;
  const advice = 'The limit is reset at 00:00 UTC. On your own server, raise visitor-message-daily-limit.';
  if (left === 0) return fail(`no message is left today, of ${daily}`, advice);
  return left < daily / 10 ? warn(found, `Progress is sent less often. ${advice}`) : ok(found);
}
