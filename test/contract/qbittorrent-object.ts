/** The fields of a torrent, for a magnet without metadata. */
import assert from 'node:assert/strict';
import { until } from '../servers/index.ts';
import { addMagnets, info, magnet, newHash, openSession } from './qbittorrent-subject.ts';
import type { QbittorrentCase, Subject } from './qbittorrent-subject.ts';

type Type = 'string' | 'number' | 'boolean';

const names = (type: Type, list: string): [string, Type][] => list.split(' ').map((name) => [name, type]);

/** The measured fields of every generation; later versions may have more. */
const common = [
  ...names('string', 'hash infohash_v1 infohash_v2 name magnet_uri state category tags tracker'),
  ...names('string', 'save_path content_path download_path'),
  ...names('number', 'size total_size progress amount_left completed downloaded downloaded_session'),
  ...names('number', 'dlspeed upspeed dl_limit up_limit eta uploaded uploaded_session availability'),
  ...names('number', 'added_on completion_on last_activity seen_complete time_active seeding_time'),
  ...names('number', 'ratio ratio_limit max_ratio max_seeding_time seeding_time_limit priority'),
  ...names('number', 'num_complete num_incomplete num_leechs num_seeds trackers_count'),
  ...names('boolean', 'auto_tmm f_l_piece_prio force_start seq_dl super_seeding'),
];
const five = [
  ...names('string', 'comment root_path'),
  ...names('number', 'popularity reannounce inactive_seeding_time_limit max_inactive_seeding_time'),
  ...names('boolean', 'has_metadata'),
];
const fiveThree = [
  ...names('string', 'created_by share_limit_action share_limits_mode'),
  ...names('number', 'connections_count connections_limit creation_date piece_size pieces_have pieces_num'),
  ...names('number', 'total_wasted'),
];
const fields = { legacy: common, '5.1': [...common, ...five], current: [...common, ...five, ...fiveThree] };

/** Adds a magnet and waits until it searches for metadata. */
async function waiting(subject: Subject, name?: string): Promise<Record<string, unknown>> {
  const session = await openSession(subject);
  const hash = newHash();
  await addMagnets(session, [magnet(hash, name)], { category: 'tv', tags: 'b, a c' });
  return until('the magnet fetches metadata', async () => {
    const [object] = await info(session, `?hashes=${hash}`);
    return object?.state === 'metaDL' && object;
  });
}

export const objectCases: QbittorrentCase[] = [
  {
    title: 'a torrent has the fields of its generation',
    run: async (subject) => {
      const object = await waiting(subject);
      const found = fields[subject.generation].map(([name]) => [name, typeof object[name]]);
      assert.deepEqual(found, fields[subject.generation]);
      const later = [...five, ...fiveThree].filter((field) => !fields[subject.generation].includes(field));
      assert.deepEqual(
        later.filter(([name]) => name in object),
        [],
      );
    },
  },
  {
    title: 'a magnet without metadata has its hash as its name, and an unknown size',
    run: async (subject) => {
      const object = await waiting(subject);
      const { hash, size, total_size, progress, eta, dlspeed, amount_left, completed } = object;
      assert.deepEqual([object.name, object.infohash_v1, object.infohash_v2], [hash, hash, '']);
      assert.deepEqual([size, total_size, amount_left, completed, progress], [0, -1, 0, 0, 0]);
      assert.deepEqual([eta, dlspeed, object.content_path], [8_640_000, 0, '']);
      assert.equal(object.completion_on, subject.generation === 'legacy' ? 0 : -1);
      if (subject.generation !== 'legacy') {
        assert.deepEqual([object.has_metadata, object.private], [false, null]);
      }
    },
  },
  {
    title: 'a magnet with a name has it at once',
    run: async (subject) => {
      const object = await waiting(subject, 'Ünïcode & <b>name</b>');
      assert.equal(object.name, 'Ünïcode & <b>name</b>');
      assert.equal(object.category, 'tv');
    },
  },
  {
    title: 'tags are one sorted string; before 5.0 it keeps the spaces of the request',
    run: async (subject) => {
      const { tags } = await waiting(subject);
      assert.equal(tags, subject.generation === 'legacy' ? ' a c, b' : 'a c, b');
    },
  },
];
