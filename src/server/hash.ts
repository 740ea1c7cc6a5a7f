import type { Hash } from '../../machines/domain.ts';

/**
 * A hash that may reach URLs and logs, or one sentence on what is wrong; nothing of the input is in it. `null` where
 * the hook said "-", which is what `%I` gives for a torrent without a v1 hash.
 */
export type ParsedHash = { ok: true; hash: Hash | null } | { ok: false; message: string };

const missing = 'The hash is missing. Call it as /track?hash=%K in qBittorrent.';
const repeated = 'The hash is given more than once. Call it once for each torrent.';
const malformed = 'The hash must be 40 hexadecimal digits, or the 64 of a v2 hash.';

/**
 * Takes the torrent's ID out of a raw query string: 40 hex digits, or a v2 hash, whose first 40 are the ID
 * that qBittorrent filters by (reference/qbittorrent.md, section 10). Folded to lower case.
 *
 * Raw, because a hash needs no percent-encoding: whatever is encoded here is an attempt at something else.
 */
export function parseHash(query: string): ParsedHash {
  const [parameter = '', ...more] = query.split('&').filter((part) => new URLSearchParams(part).has('hash'));
  if (more.length > 0) return { ok: false, message: repeated };
  const value = parameter.replace(/^hash=?/, '');
  if (value === '') return { ok: false, message: missing };
  if (value === '-') return { ok: true, hash: null };
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(value)) return { ok: false, message: malformed };
  // Through its bytes: a part of a text would keep all of it, the whole URL, for as long as the torrent is followed.
  return { ok: true, hash: Buffer.from(value.slice(0, 40), 'hex').toString('hex') };
}
