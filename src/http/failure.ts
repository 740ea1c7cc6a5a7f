import type { Failure, FailureReason } from '../../machines/domain.ts';
import type { Proxy } from '../config/proxy.ts';

type Cause = [reason: FailureReason, message: (host: string) => string];

const CLOSED: Cause = ['connection-closed', (host) => `${host} closed the connection`];
const NO_ROUTE: Cause = ['no-route', (host) => `no route to ${host}`];
const ISSUER: Cause = [
  'certificate-untrusted',
  (host) => `the certificate of ${host} is signed by an unknown authority`,
];

/** By Node's error code. */
const CAUSES: Readonly<Record<string, Cause>> = {
  ECONNREFUSED: ['connection-refused', (host) => `nothing listens on ${host}`],
  ENOTFOUND: ['name-unknown', (host) => `the host name of ${host} is unknown`],
  EAI_AGAIN: ['name-lookup-failed', (host) => `looking up the name of ${host} failed`],
  ETIMEDOUT: ['timeout', (host) => `${host} did not answer in time`],
  ECONNRESET: CLOSED,
  ECONNABORTED: CLOSED,
  EPIPE: CLOSED,
  ERR_STREAM_PREMATURE_CLOSE: CLOSED,
  EHOSTUNREACH: NO_ROUTE,
  ENETUNREACH: NO_ROUTE,
  UNABLE_TO_GET_ISSUER_CERT: ISSUER,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ISSUER,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ISSUER,
  DEPTH_ZERO_SELF_SIGNED_CERT: ISSUER,
  SELF_SIGNED_CERT_IN_CHAIN: ISSUER,
  CERT_UNTRUSTED: ISSUER,
  CERT_HAS_EXPIRED: ['certificate-expired', (host) => `the certificate of ${host} has expired`],
  CERT_NOT_YET_VALID: ['certificate-expired', (host) => `the certificate of ${host} is not valid yet`],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'certificate-name',
    (host) => `the certificate of ${host} is for another name`,
  ],
  HPE_HEADER_OVERFLOW: ['answer-too-large', (host) => `${host} sent too many headers`],
  EPROTO: ['tls-failed', (host) => `the TLS connection to ${host} failed`],
};

/** Groups of codes. */
const GROUPS: ReadonlyArray<[RegExp, (code: string) => Cause]> = [
  [
    /^(CERT_|UNABLE_TO|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH)/,
    (code) => ['certificate-invalid', (host) => `the certificate of ${host} is not accepted (${code})`],
  ],
  [
    /^(ERR_TLS|ERR_SSL)/,
    (code) => ['tls-failed', (host) => `the TLS connection to ${host} failed (${code})`],
  ],
  [/^HPE_/, () => ['not-http', (host) => `${host} is not an HTTP server`]],
];

/** Exceptions of these types without a code are bugs: Node's own, about a URL or a header, have one. */
const isBug = (error: Error): boolean =>
  !('code' in error) && [TypeError, RangeError, ReferenceError].some((bug) => error instanceof bug);

/**
 * Why a request failed; rethrows bugs. Only the error code of the innermost cause is used: messages of ofetch and Node
 * contain addresses.
 */
export function failureOf(error: unknown, host: string, proxy: Proxy | null = null): Failure {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if (isBug(inner)) throw inner;
    const code = 'code' in inner ? String(inner.code) : '';
    if (code === 'ERR_PROXY_TUNNEL' && proxy !== null) return tunnelFailure(inner, host, proxy);
    const cause = causeOf(code);
    if (cause === null) continue;
    const [reason, message] = cause;
    if (proxy === null) return { kind: 'unreachable', message: message(host), reason };
    // The connection is to the proxy; later failures may be caused by either.
    return CONNECTING.has(reason)
      ? { kind: 'unreachable', message: message(nameOf(proxy)), reason: 'proxy-unreachable' }
      : { kind: 'unreachable', message: `${message(host)}, through ${nameOf(proxy)}`, reason };
  }
  const through = proxy === null ? '' : ` through ${nameOf(proxy)}`;
  return { kind: 'unreachable', message: `${host} could not be reached${through}` };
}

const nameOf = ({ host }: Proxy): string => `the proxy ${host}`;

const CONNECTING: ReadonlySet<FailureReason> = new Set([
  'connection-refused',
  'name-unknown',
  'name-lookup-failed',
  'no-route',
  'timeout',
]);

/** The proxy did not answer CONNECT, or not with 200. */
function tunnelFailure(error: Error, host: string, proxy: Proxy): Failure {
  const status = 'statusCode' in error ? Number(error.statusCode) : null;
  if (status === 407) return proxyUnauthorized(proxy);
  return status === null
    ? { kind: 'unreachable', message: `${nameOf(proxy)} does not answer`, reason: 'proxy-unreachable' }
    : {
        kind: 'unreachable',
        message: `${nameOf(proxy)} refused to connect to ${host} (${status})`,
        reason: 'proxy-refused',
      };
}

/** Needs a change of the settings, so it is not retried often. */
export function proxyUnauthorized(proxy: Proxy): Failure {
  return {
    kind: 'unauthorized',
    message: `${nameOf(proxy)} requires a user and password, or rejected them (407)`,
    reason: 'proxy-unauthorized',
  };
}

function causeOf(code: string): Cause | null {
  const group = GROUPS.find(([codes]) => codes.test(code));
  return CAUSES[code] ?? group?.[1](code) ?? null;
}
