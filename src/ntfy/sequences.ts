import type { Config } from '../config/index.ts';
import { parseJson, request } from '../http/request.ts';
import type { RequestOptions } from '../http/request.ts';
import { ERROR_CODES, features, refusal } from './schemas.ts';

/**
 * Whether the server knows sequence IDs (2.16 and later): it has `GET /v1/config`, which needs no credentials and does not
 * count towards the limits (measured on 2.11 and 2.27). `null`: the answer is not ntfy's, or missing.
 */
export async function readSequenceSupport(
  { server, proxy }: Pick<Config['ntfy'], 'server' | 'proxy'>,
  options: Pick<RequestOptions, 'timeout' | 'signal' | 'keep'> = {},
): Promise<boolean | null> {
  const reply = await request(`${server}/v1/config`, { ...options, proxy });
  if (!reply.ok) return null;
  const answer = parseJson(reply.value.text);
  if (features.safeParse(answer).success) return true;
  return refusal.parse(answer).code === ERROR_CODES.notFound ? false : null;
}
