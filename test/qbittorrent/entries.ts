import assert from 'node:assert/strict';
import type { Observation } from '../../machines/domain.ts';
import { readTorrent } from '../../src/qbittorrent/torrent.ts';

export const hash = '0123456789abcdef0123456789abcdef01234567';

/** An entry of qBittorrent 5.3, with the fields that are used. */
export const entry = {
  hash,
  infohash_v1: hash,
  infohash_v2: '',
  name: 'debian.iso',
  state: 'downloading',
  progress: 0.5,
  size: 1000,
  dlspeed: 10,
  eta: 50,
  downloaded: 500,
  time_active: 60,
  seeding_time: 0,
  completion_on: -1,
  added_on: 1_700_000_000,
  ratio: 0.25,
  category: 'films/4k',
  tags: 'a c, b',
  tracker: 'https://tracker.example/passkey/announce',
  save_path: '/films',
  private: true,
};

/** What is read from an entry, which must be valid. */
export function read(entry: unknown): Observation {
  const torrent = readTorrent(entry);
  assert.ok(torrent !== null);
  return torrent;
}

/** What is read from this entry with other fields. */
export const parse = (over: Record<string, unknown> = {}) => read({ ...entry, ...over });
