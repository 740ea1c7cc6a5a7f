import type { Hash } from '../../machines/domain.ts';
import { torrentIdOf } from '../util/torrent-id.ts';

/**
 * A hash that is safe in URLs and logs, or one sentence on what is wrong, without the input. `null` when the hook sent
 * "-", which is the value of `%I` for a torrent without a v1 hash.
 */
export type ParsedHash = { ok: true; hash: Hash | null } | { ok: false; message: string };

const missing = 'The hash is missing. Use /track?hash=%K in qBittorrent.';
const repeated = 'The hash is given more than once. Send one request for each torrent.';
const malformed = 'The hash must be 40 hexadecimal digits, or 64 for a v2 hash.';

/**
 * Reads the torrent's ID from a raw query string, as `torrentIdOf` does.
 *
 * Raw, because a hash needs no percent-encoding: an encoded value is invalid.
 */
export function parseHash(query: string): ParsedHash {
  const [parameter = '', ...more] = query.split('&').filter((part) => new URLSearchParams(part).has('hash'));
  if (more.length > 0) return { ok: false, message: repeated };
  const value = parameter.replace(/^hash=?/, '');
  if (value === '') return { ok: false, message: missing };
  if (value === '-') return { ok: true, hash: null };
  const hash = torrentIdOf(value);
  return hash === null ? { ok: false, message: malformed } : { ok: true, hash };
}
