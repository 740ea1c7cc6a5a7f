import type { Failure, FailureReason } from '../../machines/domain.ts';
import { basicAuthorization } from '../http/basic-auth.ts';
import type { Config } from '../config/index.ts';
import { hostOf, request } from '../http/request.ts';
import type { Reply } from '../http/request.ts';
import { isPage, refusedHost } from '../qbittorrent/connection.ts';
import { fail, ok } from './finding.ts';
import type { Outcome } from './finding.ts';

/** Milliseconds. A server that is slower than this won't be a good companion. */
export const REQUEST_TIMEOUT = 5000;

/** Bytes that its page may have. */
const PAGE_BYTES = 1_048_576;

/** Whether a qBittorrent answers, asked without showing who asks. */
export async function checkAddress({ url, basic }: Config['qbittorrent']): Promise<Outcome> {
  const host = hostOf(url);
  const headers = basic === undefined ? {} : { authorization: basicAuthorization(basic) };
  const reply = await request(`${url}/api/v2/app/version`, { headers, timeout: REQUEST_TIMEOUT });
  if (!reply.ok) return fail(reply.failure.message, unreachable(reply.failure, 'QBIT_HOST'));
  if (reply.value.status === 401)
    return basic === undefined ? judge401(reply.value, url) : refusedLogin(reply.value, host);
  return redirected(reply.value, 'QBIT_HOST') ?? judge(reply.value, host);
}

/** The check of the Host header costs every page. Otherwise a proxy makes 401 of the 403 that asks for a login. */
async function judge401({ headers }: Reply, url: string): Promise<Outcome> {
  const host = hostOf(url);
  if (headers.has('www-authenticate'))
    return fail(`something in front of qBittorrent at ${host} wants a login of its own`, OWN_LOGIN);
  const page = await request(`${url}/`, { timeout: REQUEST_TIMEOUT, maxBytes: PAGE_BYTES });
  return page.ok && page.value.status === 401
    ? fail(refusedHost(host).failure.message, HOST_HEADER)
    : ok(`a qBittorrent answers at ${host}, and wants a login`);
}

/** It was shown once, and nothing else is asked: qBittorrent might count it. */
function refusedLogin({ headers }: Reply, host: string): Outcome {
  return headers.has('www-authenticate')
    ? fail(`the proxy at ${host} refused the user name and password that are set for it`, PROXY_LOGIN)
    : fail(`qBittorrent at ${host} refuses the login that is the proxy's`, ADVICE_AUTHORIZATION_HEADER);
}

function judge(reply: Reply, host: string): Outcome {
  const { status, text } = reply;
  const isWeb = isPage(text);
  if (status === 200 && /^v\d/.test(text)) return ok(`a qBittorrent answers at ${host}`);
  if (status === 403 && !isWeb) return ok(`a qBittorrent answers at ${host}, and wants a login`);
  if (status === 403)
    return fail(`something in front of qBittorrent at ${host} refuses (403)`, ADVICE_DIRECT);
  if (status >= 500)
    return fail(`${host} answered ${status}: a proxy there does not reach qBittorrent`, ADVICE_DIRECT);
  return fail(
    `what answers at ${host} is no qBittorrent (${status}${isWeb ? ', a web page' : ''})`,
    ADVICE_DIRECT,
  );
}

const ADVICE_DIRECT =
  'Point QBIT_HOST straight at the WebUI of qBittorrent: its own port, or its base path on a proxy.';

const OWN_LOGIN = `Set QBIT_BASIC_USER and QBIT_BASIC_PASS to it. Or: ${ADVICE_DIRECT}`;

const PROXY_LOGIN =
  'Correct QBIT_BASIC_USER and QBIT_BASIC_PASS (or what stands in QBIT_HOST). It was tried once.';

const ADVICE_AUTHORIZATION_HEADER =
  'Let the proxy remove the header (nginx: proxy_set_header Authorization "";): qBittorrent 5.2 and later reads it, and bans this address after five. It was tried once.';

const HOST_HEADER =
  'A port mapping like 9999:8080 does this: use the port that qBittorrent itself listens on (in Compose ' +
  'http://<service>:<port>, or map both to the same number), or switch off "Enable Host header validation" in qBittorrent.';

/** An answer that sends us elsewhere; `null` where it does not. Only the target's host is named. */
export function redirected({ status, headers }: Reply, setting: string): Outcome | null {
  if (status < 300 || status >= 400) return null;
  const target = URL.parse(headers.get('location') ?? '');
  const where = target === null ? 'another path' : target.origin;
  return fail(
    `it answers with a redirect (${status}) to ${where}`,
    `Set ${setting} to the address behind the redirect, with the right http or https and without a login page in front.`,
  );
}

const NAME = (setting: string) =>
  `Check the name in ${setting}. In Compose it is the name of the service, and both need a network in common.`;

const OTHER_PROTOCOL = (setting: string) =>
  `Another protocol is spoken there: check the port and http or https in ${setting}.`;

/** What to do about a request that failed, by its cause. */
const ADVICE: Partial<Record<FailureReason, (setting: string) => string>> = {
  'name-unknown': NAME,
  'name-lookup-failed': NAME,
  timeout: (setting) =>
    `Something on the way drops the request: check the address in ${setting} and firewalls, or wait until the server is up.`,
  'certificate-untrusted': () =>
    'Let Node trust the authority that signed it, NODE_EXTRA_CA_CERTS=/path/to/ca.pem, and restart; or let the server send its whole chain.',
  'certificate-expired': () =>
    'Renew it on the server, and see whether the clock here is right. NODE_EXTRA_CA_CERTS does not help against this.',
  'certificate-name': (setting) =>
    `Use the name in ${setting} that the certificate is for, or have one issued for this name (an address needs an IP entry). NODE_EXTRA_CA_CERTS does not help against this.`,
  'certificate-invalid': () => 'Have a new certificate issued for the server.',
  'proxy-unreachable': () =>
    'Correct the address of the proxy (HTTPS_PROXY, or HTTP_PROXY for an http address); if the server is reached without one, name it in NO_PROXY.',
  'proxy-unauthorized': () =>
    'Correct user and password of the proxy, which stand before the @ of HTTPS_PROXY (or HTTP_PROXY): user:password, special characters percent-encoded.',
  'proxy-refused': () =>
    'Let the proxy connect to this server and port, or name the server in NO_PROXY if it is reached without one.',
  'tls-failed': OTHER_PROTOCOL,
  'not-http': OTHER_PROTOCOL,
  'connection-closed': OTHER_PROTOCOL,
};

/** What to do when a request to the server in that setting fails. */
export function unreachable({ reason }: Failure, setting: string): string {
  const advice = reason === undefined ? undefined : ADVICE[reason];
  return (
    advice?.(setting) ??
    `Is it running, and is its address in ${setting}, with the port? In a container, localhost is the container itself.`
  );
}
