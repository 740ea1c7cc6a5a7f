import type { Failure, FailureReason } from '../../machines/domain.ts';
import { TIMEOUT } from '../../machines/watchdog.ts';
import { basicAuthorization } from '../http/basic-auth.ts';
import type { Config } from '../config/index.ts';
import { hostOf, request } from '../http/request.ts';
import type { Reply } from '../http/request.ts';
import { isPage, refusedHost } from '../qbittorrent/connection.ts';
import { fail, ok } from './finding.ts';
import type { Outcome } from './finding.ts';

/** Milliseconds, as for the sidecar's own requests: what is fast enough for them is fast enough here. */
export const REQUEST_TIMEOUT = TIMEOUT;

/** Maximum size of the WebUI's page, in bytes. */
const MAX_PAGE_BYTES = 1_048_576;

/** Whether qBittorrent answers, without sending its credentials. */
export async function checkAddress({ url, basic }: Config['qbittorrent']): Promise<Outcome> {
  const host = hostOf(url);
  const headers = basic === undefined ? {} : { authorization: basicAuthorization(basic) };
  const reply = await request(`${url}/api/v2/app/version`, { headers, timeout: REQUEST_TIMEOUT });
  if (!reply.ok) return fail(reply.failure.message, adviceOnFailure(reply.failure, 'QBIT_HOST'));
  if (reply.value.status === 401)
    return basic === undefined ? outcomeOf401(reply.value, url) : refusedLoginOutcome(reply.value, host);
  return redirectOutcome(reply.value, 'QBIT_HOST') ?? outcomeOf(reply.value, host);
}

/** A wrong Host header makes every page a 401. If the page is fine, a proxy turned qBittorrent's 403 into a 401. */
async function outcomeOf401({ headers }: Reply, url: string): Promise<Outcome> {
  const host = hostOf(url);
  if (headers.has('www-authenticate'))
    return fail(`a proxy in front of qBittorrent at ${host} requires its own login`, OWN_LOGIN);
  const page = await request(`${url}/`, { timeout: REQUEST_TIMEOUT, maxBytes: MAX_PAGE_BYTES });
  return page.ok && page.value.status === 401
    ? fail(refusedHost(host).failure.message, HOST_HEADER)
    : ok(`qBittorrent answers at ${host}, and requires a login`);
}

/** Tried once, without further requests: qBittorrent may count it as a failed login. */
function refusedLoginOutcome({ headers }: Reply, host: string): Outcome {
  return headers.has('www-authenticate')
    ? fail(`the proxy at ${host} refused the user name and password that are set for it`, PROXY_LOGIN)
    : fail(`qBittorrent at ${host} refuses the login for the proxy`, ADVICE_AUTHORIZATION_HEADER);
}

function outcomeOf(reply: Reply, host: string): Outcome {
  const { status, text } = reply;
  const isWeb = isPage(text);
  if (status === 200 && /^v\d/.test(text)) return ok(`qBittorrent answers at ${host}`);
  if (status === 403 && !isWeb) return ok(`qBittorrent answers at ${host}, and requires a login`);
  if (status === 403)
    return fail(`a proxy in front of qBittorrent at ${host} refuses the request (403)`, ADVICE_DIRECT);
  if (status >= 500)
    return fail(`${host} answered ${status}: a proxy there cannot reach qBittorrent`, ADVICE_DIRECT);
  return fail(
    `the server at ${host} is not qBittorrent (${status}${isWeb ? ', a web page' : ''})`,
    ADVICE_DIRECT,
  );
}

const ADVICE_DIRECT =
  'Set QBIT_HOST to the WebUI of qBittorrent itself: its own port, or its base path on a proxy.';

const OWN_LOGIN = `Set QBIT_BASIC_USER and QBIT_BASIC_PASS to that login. Or: ${ADVICE_DIRECT}`;

const PROXY_LOGIN =
  'Correct QBIT_BASIC_USER and QBIT_BASIC_PASS (or the login in QBIT_HOST). It was tried once.';

const ADVICE_AUTHORIZATION_HEADER =
  'Configure the proxy to remove the header (nginx: proxy_set_header Authorization "";): qBittorrent 5.2 and later reads it, and bans this address after five attempts. It was tried once.';

const HOST_HEADER =
  'A port mapping like 9999:8080 causes this: use the port that qBittorrent itself listens on (in Compose ' +
  'http://<service>:<port>, or map both to the same number), or disable "Enable Host header validation" in qBittorrent.';

/** The outcome for a redirect; `null` for other responses. Names only the host of the target. */
export function redirectOutcome({ status, headers }: Reply, setting: string): Outcome | null {
  if (status < 300 || status >= 400) return null;
  const target = URL.parse(headers.get('location') ?? '');
  const where = target === null ? 'another path' : target.origin;
  return fail(
    `the server answers with a redirect (${status}) to ${where}`,
    `Set ${setting} to the target of the redirect, with the right http or https and without a login page in front of it.`,
  );
}

const NAME = (setting: string) =>
  `Check the name in ${setting}. In Compose it is the name of the service, and both containers must share a network.`;

const OTHER_PROTOCOL = (setting: string) =>
  `The server uses another protocol: check the port and http or https in ${setting}.`;

/** What to do about a failed request, by its reason. */
const ADVICE: Partial<Record<FailureReason, (setting: string) => string>> = {
  'name-unknown': NAME,
  'name-lookup-failed': NAME,
  timeout: (setting) =>
    `A firewall may drop the request, or the server is not running: check the address in ${setting}, firewalls and the server.`,
  'certificate-untrusted': () =>
    'Set NODE_EXTRA_CA_CERTS=/path/to/ca.pem to the authority that signed it, and restart; or configure the server to send the whole certificate chain.',
  'certificate-expired': () =>
    'Renew it on the server, and check the clock of this machine. NODE_EXTRA_CA_CERTS does not help here.',
  'certificate-name': (setting) =>
    `Use a name in ${setting} that the certificate is valid for, or have one issued for this name (an IP address needs an IP entry). NODE_EXTRA_CA_CERTS does not help here.`,
  'certificate-invalid': () => 'Have a new certificate issued for the server.',
  'proxy-unreachable': () =>
    'Correct the address of the proxy (HTTPS_PROXY, or HTTP_PROXY for an http address), or add the server to NO_PROXY if it needs no proxy.',
  'proxy-unauthorized': () =>
    'Correct the user and password of the proxy, before the @ in HTTPS_PROXY (or HTTP_PROXY): user:password, special characters percent-encoded.',
  'proxy-refused': () =>
    'Configure the proxy to allow connections to this server and port, or add the server to NO_PROXY if it needs no proxy.',
  'tls-failed': OTHER_PROTOCOL,
  'not-http': OTHER_PROTOCOL,
  'connection-closed': OTHER_PROTOCOL,
};

/** What to do when a request to the server in this setting fails. */
export function adviceOnFailure({ reason }: Failure, setting: string): string {
  const advice = reason === undefined ? undefined : ADVICE[reason];
  return (
    advice?.(setting) ??
    `Is it running, and does ${setting} contain its address and port? In a container, localhost is the container itself.`
  );
}
