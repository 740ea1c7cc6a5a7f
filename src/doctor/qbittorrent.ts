import type { Failure } from '../../machines/domain.ts';
import type { Config } from '../config/index.ts';
import type { RuleSet } from '../config/rules/index.ts';
import { hostOf } from '../http/request.ts';
import { createConnection } from '../qbittorrent/connection.ts';
import type { Connection } from '../qbittorrent/connection.ts';
import { login } from '../qbittorrent/login.ts';
import { readSlots } from '../qbittorrent/preferences.ts';
import { checkAddress, adviceOnFailure } from './address.ts';
import { fail, ok } from './finding.ts';
import type { Outcome, Outcomes } from './finding.ts';
import { checkHook } from './hooks.ts';
import { checkProgram } from './program.ts';
import { checkNames } from './rules.ts';

type Auth = Config['qbittorrent']['auth'];

/**
 * Checks address, login, version and hooks; each requires the one before.
 *
 * @param rules their categories and tags are checked; `null`: none
 */
export async function checkQbittorrent(
  config: Config,
  path: string,
  rules: RuleSet | null = null,
): Promise<Outcomes> {
  const { url, auth } = config.qbittorrent;
  const address = await checkAddress(config.qbittorrent);
  if (address.status === 'fail') return { qbittorrent: address };
  const connection = createConnection(config.qbittorrent);
  const session = await login(connection, auth);
  if (!session.ok) return { qbittorrent: address, login: refusedOutcome(session.failure, auth) };
  const version = await checkVersion(connection, session.value.version);
  const names = rules === null ? null : await checkNames(connection, rules);
  const before = {
    qbittorrent: address,
    login: acceptedOutcome(auth),
    version,
    ...(names === null ? {} : { rules: names }),
  };
  if (version.status === 'fail') return before;
  const slots = await readSlots(connection);
  if (!slots.ok) {
    const advice = 'The login succeeded, but reading the options failed: try again, and check its log.';
    return { ...before, 'hook-added': fail(slots.failure.message, advice) };
  }
  return {
    ...before,
    'hook-added': checkHook('added', slots.value, config),
    'hook-finished': checkHook('finished', slots.value, config),
    'hook-program': checkProgram(slots.value, hostOf(url), path),
  };
}

function acceptedOutcome({ kind }: Auth): Outcome {
  if (kind === 'none') return ok('not required from this machine');
  return ok(kind === 'apiKey' ? 'QBIT_API_KEY is accepted' : 'QBIT_USER and QBIT_PASS are accepted');
}

const TRIED_ONCE = 'It was tried once: five failed logins ban this address for an hour.';

const CREDENTIALS: Record<Auth['kind'], string> = {
  password: `Correct QBIT_USER and QBIT_PASS; without a configured password, qBittorrent prints a new one at each start. ${TRIED_ONCE}`,
  apiKey:
    'Copy the key from the WebUI options of qBittorrent. Versions before 5.2 have none: set QBIT_USER and QBIT_PASS instead.',
  none: 'Set QBIT_USER and QBIT_PASS, or QBIT_API_KEY (5.2 and later), or tick "Bypass authentication for clients on localhost" in qBittorrent.',
};

function refusedOutcome(failure: Failure, auth: Auth): Outcome {
  const { kind, message } = failure;
  if (kind === 'banned') {
    return fail(
      message,
      'Too many logins with a wrong password came from this address. Wait for an hour, or restart qBittorrent; then check QBIT_PASS here and in other programs that log in from this address.',
    );
  }
  if (kind === 'unauthorized') return fail(message, CREDENTIALS[auth.kind]);
  if (failure.reason === 'in-front')
    return fail(
      message,
      'Configure the proxy to forward everything below the path of QBIT_HOST, or bypass it.',
    );
  if (kind === 'unreachable') return fail(message, adviceOnFailure(failure, 'QBIT_HOST'));
  return fail(message, 'Set QBIT_HOST to the WebUI itself, with the port that qBittorrent listens on.');
}

/** 4.1.1: the first that can list selected torrents (qBittorrent's `WebAPI_Changelog.md`). */
const MIN_WEBAPI_VERSION = '2.0.1';
/** 4.5.0: the first that runs a command when a torrent is added. */
const ADDED_HOOK = '2.8.18';

async function checkVersion({ call }: Connection, webapi: string): Promise<Outcome> {
  const reply = await call('app/version');
  const [version] = (reply.ok && /^v?(\d[\w.]{0,20})/.exec(reply.value.text)?.slice(1)) || ['unknown'];
  const found = `${version}, WebAPI ${webapi}`;
  if (isBefore(webapi, MIN_WEBAPI_VERSION)) return fail(found, 'Update qBittorrent to 4.1.1 or later.');
  return ok(isBefore(webapi, ADDED_HOOK) ? `${found}: without a hook for added torrents` : found);
}

/** Numbers, not text: 2.11 is after 2.8. */
function isBefore(version: string, other: string): boolean {
  const [a, b] = [version.split('.').map(Number), other.split('.').map(Number)];
  const at = b.findIndex((part, index) => part !== (a[index] ?? 0));
  return at !== -1 && (a[at] ?? 0) < (b[at] ?? 0);
}
