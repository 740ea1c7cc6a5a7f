import type { Hash } from '../../machines/domain.ts';

/**
 * The torrent's ID: 40 hex digits, or a v2 hash, whose first 40 are the ID that qBittorrent filters by
 * (reference/qbittorrent.md, section 10). Converted to lower case; `null` for any other text.
 */
export function torrentIdOf(text: string): Hash | null {
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(text)) return null;
  // Through its bytes: a substring would keep the text that it is a part of in memory.
  return Buffer.from(text.slice(0, 40), 'hex').toString('hex');
}
