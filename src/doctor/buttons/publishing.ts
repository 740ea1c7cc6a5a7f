import type { Result } from '../../../machines/domain.ts';
import type { CommandConfig, Config } from '../../config/index.ts';
import { hostOf, request } from '../../http/request.ts';
import type { Reply } from '../../http/request.ts';
import { authorization } from '../../ntfy/client.ts';
import { accessOutcome, ACCOUNTS, checkAccess } from '../access.ts';
import type { Publisher } from '../access.ts';
import { redirectOutcome, REQUEST_TIMEOUT } from '../address.ts';
import { warn } from '../finding.ts';
import type { Outcome } from '../finding.ts';
import type { Server } from './index.ts';
import { mayRead } from './reading.ts';

/**
 * Whether a phone may publish to the command topic.
 *
 * @param phone the server as the phone reaches it, if that is another address than the sidecar's
 */
export async function checkPublishing(
  ntfy: Config['ntfy'],
  commands: CommandConfig,
  phone: Server | null,
): Promise<Outcome> {
  const own = outcomeOf(await press(ntfy, commands), commands);
  if (own.status !== 'ok') return own;
  const there = phone === null ? own : await checkPhone(phone, commands);
  if (there.status !== 'ok') return there;
  return (await checkToken(ntfy, commands)) ?? own;
}

/** As the phone publishes, but with a priority that does not exist: ntfy checks the permission, and rejects it then. */
const press = ({ server, proxy }: Server, { topic, token }: CommandConfig): Promise<Result<Reply>> =>
  request(`${server}/${topic}`, {
    method: 'POST',
    headers: { ...authorizationOf(token), priority: '9', cache: 'no' },
    body: 'doctor',
    timeout: REQUEST_TIMEOUT,
    proxy,
  });

const authorizationOf = (token: CommandConfig['token']): Record<string, string> =>
  token === null ? {} : authorization({ kind: 'token', token });

/** An address that only other networks reach, by way of a router, is not wrong. */
async function checkPhone(phone: Server, commands: CommandConfig): Promise<Outcome> {
  const reply = await press(phone, commands);
  const host = hostOf(phone.server);
  if (!reply.ok)
    return warn(
      `the phone's address cannot be tried from here: ${reply.failure.message}`,
      `Open ${phone.server}/v1/health on the phone: it must show {"healthy":true}.`,
    );
  const outcome = redirectOutcome(reply.value, 'COMMAND_TOPIC') ?? outcomeOf(reply, commands);
  return { ...outcome, found: `${host}: ${outcome.found}` };
}

const outcomeOf = (reply: Result<Reply>, { token }: CommandConfig): Outcome =>
  accessOutcome(reply, token === null ? EVERYONE : TOKEN_USER);

const COMMON = {
  topic: 'the command topic',
  setting: 'COMMAND_TOPIC',
  requests: 'POST requests to the command topic',
};

const EVERYONE: Publisher = {
  ...COMMON,
  account: ACCOUNTS.none,
  advice: {
    credentials: 'Set COMMAND_TOKEN.',
    permission:
      'Permit it: `ntfy access everyone COMMAND_TOPIC write-only`. Or set COMMAND_TOKEN to the token of a user with that access.',
  },
};

const TOKEN_USER: Publisher = {
  ...COMMON,
  account: 'COMMAND_TOKEN',
  advice: {
    credentials: 'Correct COMMAND_TOKEN: `ntfy token add USER` makes a new one.',
    permission: "Permit the token's user to publish: `ntfy access USER COMMAND_TOPIC write-only`.",
  },
};

/** Whether the token permits more than it needs to, unless everyone may do the same. */
async function checkToken(ntfy: Config['ntfy'], { topic, token }: CommandConfig): Promise<Outcome | null> {
  if (token === null || ntfy.auth.kind === 'none') return null;
  const [reads, publishes] = [
    (await mayRead(ntfy, topic, authorizationOf(token))) && !(await mayRead(ntfy, topic)),
    (await checkAccess({ ...ntfy, auth: { kind: 'token', token } })).status === 'ok',
  ];
  if (!reads && !publishes) return null;
  const more = [...(reads ? ['read the command topic'] : []), ...(publishes ? ['publish cards'] : [])];
  return warn(
    `COMMAND_TOKEN may also ${more.join(' and ')}, and everyone who reads a card can read the token`,
    'Use the token of another user, who has only this access: `ntfy access USER COMMAND_TOPIC write-only`.',
  );
}
