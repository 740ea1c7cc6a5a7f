import type { Config } from '../config/index.ts';
import { parseJson, request } from '../http/request.ts';
import { ERROR_CODES, features, refusal } from '../ntfy/schemas.ts';
import { REQUEST_TIMEOUT } from './address.ts';
import { ok, warn } from './finding.ts';
import type { Outcome } from './finding.ts';

/** What an ntfy server reports about itself. */
export interface ServerConfig {
  /** Whether it supports sequence IDs (2.16 and later); `unknown`: the answer is not ntfy's, or missing. */
  sequences: 'supported' | 'unsupported' | 'unknown';
  /** The same for all addresses of a server, and different for another configuration; `null` if unknown. */
  hash: string | null;
}

/** Reads `GET /v1/config`, which needs no credentials and is not rate-limited. */
export async function readServerConfig({
  server,
  proxy,
}: Pick<Config['ntfy'], 'server' | 'proxy'>): Promise<ServerConfig> {
  const reply = await request(`${server}/v1/config`, { timeout: REQUEST_TIMEOUT, proxy });
  if (!reply.ok) return { sequences: 'unknown', hash: null };
  const answer = parseJson(reply.value.text);
  const known = features.safeParse(answer);
  if (known.success) return { sequences: 'supported', hash: known.data.config_hash };
  const isOld = refusal.parse(answer).code === ERROR_CODES.notFound;
  return { sequences: isOld ? 'unsupported' : 'unknown', hash: null };
}

/** Whether cards can be updated in place. */
export function sequencesOutcome(
  sequences: ServerConfig['sequences'],
  progress: Config['progress'],
): Outcome {
  if (sequences === 'supported')
    return ok('sequence IDs are supported: one card for each torrent, updated in place');
  if (progress === 'milestones' || progress === 'none')
    return ok(`sequence IDs are not supported, and not needed with PROGRESS=${progress}`);
  if (sequences === 'unknown')
    return warn(
      'support of sequence IDs is unknown: the answer to /v1/config is not from ntfy',
      ALLOW_CONFIG,
    );
  const effect = progress === 'cards' ? '' : ', so progress is only sent at 25, 50 and 75 %';
  return warn(
    `sequence IDs are not supported (ntfy before 2.16): each update is a separate card${effect}`,
    'Update ntfy to 2.16 or later for cards that are updated in place.',
  );
}

/** What to do if the answer is not from ntfy. */
export const ALLOW_CONFIG = 'Configure the proxy in front of ntfy to allow GET /v1/config.';
