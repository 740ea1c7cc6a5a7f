/** `torrents/properties`: the data of the list with other names. */
import type { TorrentObject } from './answer.ts';

const RENAMED: Record<string, string> = {
  addition_date: 'added_on',
  comment: 'comment',
  completion_date: 'completion_on',
  dl_speed: 'dlspeed',
  download_path: 'download_path',
  eta: 'eta',
  has_metadata: 'has_metadata',
  hash: 'hash',
  infohash_v1: 'infohash_v1',
  infohash_v2: 'infohash_v2',
  name: 'name',
  peers: 'num_leechs',
  popularity: 'popularity',
  private: 'private',
  progress: 'progress',
  reannounce: 'reannounce',
  save_path: 'save_path',
  seeding_time: 'seeding_time',
  seeds: 'num_seeds',
  share_ratio: 'ratio',
  time_elapsed: 'time_active',
  total_downloaded: 'downloaded',
  total_downloaded_session: 'downloaded_session',
  total_size: 'total_size',
  total_uploaded: 'uploaded',
  total_uploaded_session: 'uploaded_session',
  up_speed: 'upspeed',
};

/** The fields of the real object that are also in the list. Unset dates are -1 in all versions. */
export function propertiesOf(object: TorrentObject): TorrentObject {
  const properties: TorrentObject = {};
  for (const [key, source] of Object.entries(RENAMED)) {
    const value = object[source];
    if (value !== undefined) properties[key] = value;
  }
  properties.completion_date = object.completion_on === 0 ? -1 : (object.completion_on ?? -1);
  return properties;
}
