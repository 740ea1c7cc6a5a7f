import type { Answer, Failure } from '../../machines/domain.ts';
import { parseJson } from '../http/request.ts';
import type { Reply } from '../http/request.ts';
import { ERROR_CODES, refusal } from './schemas.ts';

/**
 * The failure of an answer; `null` for 2xx. Each error of ntfy has a code of its own. An error without one comes from
 * something in front of it: a firewall, a proxy, a login page.
 *
 * @param bytes size of the request's body
 */
export function failureOfReply({ status, text }: Reply, host: string, bytes: number): Failure | null {
  if (status >= 200 && status < 300) return null;
  const { code = null, error } = refusal.parse(parseJson(text));
  const answer: Answer = { status, code, bytes };
  if (code === null)
    return { kind: kindOfProxy(status), message: inFront(status, host), reason: 'in-front', answer };
  const message = `${host} answered ${code}${error === undefined ? '' : ` (${error.slice(0, 100)})`}`;
  return { kind: kindOfCode(status, code), message, answer };
}

const inFront = (status: number, host: string): string =>
  status === 401
    ? `something in front of ntfy at ${host} requires a login of its own (401)`
    : `something in front of ntfy at ${host} answered ${status}, not ntfy itself`;

function kindOfCode(status: number, code: number): Failure['kind'] {
  if (status === 401 || status === 403 || code === ERROR_CODES.tooManyAuthFailures) return 'unauthorized';
  if (code === ERROR_CODES.dailyQuota) return 'exhausted';
  if (status === 429) return 'limited';
  if (status >= 500) return 'broken';
  return status === 400 || status === 413 ? 'rejected' : 'misdirected';
}

/** A proxy's 403 does not mean that ntfy refused the topic or the token. */
function kindOfProxy(status: number): Failure['kind'] {
  if (status === 401) return 'unauthorized';
  if (status === 429) return 'limited';
  if (status >= 500) return 'broken';
  return status === 400 || status === 413 ? 'rejected' : 'misdirected';
}
