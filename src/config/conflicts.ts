import { isLoopback } from '../util/loopback.ts';
import type { Problem, Sources } from './sources.ts';
import { commandTopic, guardedUrl, ntfyServer, topic } from './address.ts';
import { host } from './values.ts';

/** Finds conflicts between settings that are each valid. */
export function findConflicts({ given, values }: Sources): Problem[] {
  return [
    ...checkPair(given, 'QBIT_USER', 'QBIT_PASS'),
    ...checkPair(given, 'QBIT_BASIC_USER', 'QBIT_BASIC_PASS'),
    ...checkPair(given, 'NTFY_USER', 'NTFY_PASS'),
    ...checkOneLogin(given, 'QBIT_API_KEY', ['QBIT_USER', 'QBIT_PASS']),
    ...checkOneLogin(given, 'NTFY_TOKEN', ['NTFY_USER', 'NTFY_PASS']),
    ...checkOneHeader(given, values),
    ...checkOneServer(values),
    ...checkHookToken(given, values),
    ...checkPorts(values),
    ...checkCommands(given, values),
  ];
}

function checkPair(given: ReadonlySet<string>, user: string, pass: string): Problem[] {
  if (given.has(user) === given.has(pass)) return [];
  const [has, lacks] = given.has(user) ? [user, pass] : [pass, user];
  return [{ name: lacks, message: `is missing: ${has} is set, and requires it` }];
}

function checkOneLogin(given: ReadonlySet<string>, name: string, others: string[]): Problem[] {
  const set = others.filter((other) => given.has(other));
  if (!given.has(name) || set.length === 0) return [];
  return [{ name, message: `is set together with ${set.join(' and ')}: keep one way to log in` }];
}

/** The login for a reverse proxy and an API key both use the `Authorization` header. */
function checkOneHeader(given: ReadonlySet<string>, { QBIT_HOST = '' }: Record<string, string>): Problem[] {
  const inAddress = Boolean(guardedUrl.safeParse(QBIT_HOST).data?.login);
  const isSet = given.has('QBIT_BASIC_USER') || given.has('QBIT_BASIC_PASS');
  if (inAddress && isSet) {
    const message = 'is set, and QBIT_HOST contains a user name: keep one of the two';
    return [{ name: given.has('QBIT_BASIC_USER') ? 'QBIT_BASIC_USER' : 'QBIT_BASIC_PASS', message }];
  }
  if (!given.has('QBIT_API_KEY') || !(inAddress || isSet)) return [];
  const other = inAddress ? 'the user name in QBIT_HOST' : 'QBIT_BASIC_USER';
  const message = `is set together with ${other}, and both use the Authorization header: use QBIT_USER and QBIT_PASS instead`;
  return [{ name: 'QBIT_API_KEY', message }];
}

function checkOneServer({ NTFY_TOPIC = '', NTFY_SERVER }: Record<string, string>): Problem[] {
  if (!NTFY_SERVER || !NTFY_TOPIC.includes('/')) return [];
  const [named, server] = [topic.safeParse(NTFY_TOPIC).data?.server, ntfyServer.safeParse(NTFY_SERVER).data];
  if (named !== undefined && named === server) return [];
  const why = 'NTFY_TOPIC is a URL with another server';
  return [{ name: 'NTFY_SERVER', message: `must be unset: ${why}` }];
}

function checkHookToken(given: ReadonlySet<string>, { HOOK_HOST }: Record<string, string>): Problem[] {
  if (given.has('HOOK_TOKEN') || !HOOK_HOST || isLoopback(HOOK_HOST)) return [];
  if (!host.safeParse(HOOK_HOST).success) return [];
  const why = 'HOOK_HOST is not loopback, so the hook API is reachable from the network';
  return [{ name: 'HOOK_TOKEN', message: `is missing: ${why}. Set a token, or HOOK_HOST=localhost` }];
}

function checkPorts({ HOOK_PORT = '9090', OPS_PORT = '9091' }: Record<string, string>): Problem[] {
  if (Number(HOOK_PORT) !== Number(OPS_PORT) || Number(OPS_PORT) === 0) return [];
  return [{ name: 'OPS_PORT', message: 'must differ from HOOK_PORT' }];
}

/** A button is part of the cards on `NTFY_TOPIC`, and so is its token. */
function checkCommands(given: ReadonlySet<string>, values: Record<string, string>): Problem[] {
  const { NTFY_TOPIC = '', COMMAND_TOPIC = '', NTFY_TOKEN, COMMAND_TOKEN } = values;
  const [first] = [
    ...(given.has('COMMAND_TOKEN') ? ['COMMAND_TOKEN'] : []),
    ...(given.has('COMMAND_SECRET') ? ['COMMAND_SECRET_FILE'] : []),
  ];
  const isMissing = first !== undefined && !given.has('COMMAND_TOPIC');
  const [cards, commands] = [topic.safeParse(NTFY_TOPIC).data, commandTopic.safeParse(COMMAND_TOPIC).data];
  const isShared = cards !== undefined && cards.topic === commands?.topic;
  const isToken = COMMAND_TOKEN !== undefined && COMMAND_TOKEN === NTFY_TOKEN;
  const reason = 'everyone who reads a card can read it, and could publish cards with it';
  return [
    ...(isMissing
      ? [{ name: 'COMMAND_TOPIC', message: `is missing: ${first} is set, and requires it` }]
      : []),
    ...(isShared
      ? [{ name: 'COMMAND_TOPIC', message: 'must be another topic than that of NTFY_TOPIC' }]
      : []),
    ...(isToken ? [{ name: 'COMMAND_TOKEN', message: `must differ from NTFY_TOKEN: ${reason}` }] : []),
  ];
}
