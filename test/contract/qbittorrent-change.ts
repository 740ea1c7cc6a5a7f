/** Adding, stopping, starting and deleting. */
import assert from 'node:assert/strict';
import { until } from '../servers/index.ts';
import { objectOf } from './http.ts';
import { addMagnets, hashes, info, isModern, magnet, newHash, openSession } from './qbittorrent-subject.ts';
import type { QbittorrentCase } from './qbittorrent-subject.ts';

export const changeCases: QbittorrentCase[] = [
  {
    title: 'an add is "Ok." before 5.2; later versions return the IDs',
    run: async (subject) => {
      const session = await openSession(subject);
      const [one, two] = [newHash(), newHash()];
      const answer = await addMagnets(session, [magnet(one), magnet(two)]);
      assert.equal(answer.status, 200);
      if (!isModern(subject)) return assert.equal(answer.text, 'Ok.');
      const { added_torrent_ids, ...counts } = objectOf(answer.text);
      assert.deepEqual(added_torrent_ids, [one, two]);
      assert.deepEqual(counts, { failure_count: 0, pending_count: 0, success_count: 2 });
    },
  },
  {
    title: 'an add of nothing new is "Fails." before 5.2, then 409',
    run: async (subject) => {
      const session = await openSession(subject);
      const urls = magnet(newHash());
      await addMagnets(session, [urls]);
      const expected = isModern(subject) ? [409, 'Conflict'] : [200, 'Fails.'];
      for (const form of [{ urls }, { urls: 'nonsense' }, { urls: '' }, {}]) {
        const answer = await session.post('torrents/add', form);
        assert.deepEqual([answer.status, answer.text], expected, JSON.stringify(form));
      }
    },
  },
  {
    title: 'stopping and starting have other names in 4.x, where the state is "paused"',
    run: async (subject) => {
      const session = await openSession(subject);
      const hash = newHash();
      await addMagnets(session, [magnet(hash)]);
      const legacy = subject.generation === 'legacy';
      const [stop, start] = legacy ? ['pause', 'resume'] : ['stop', 'start'];
      const becomes = (state: string) =>
        until(state, async () => (await info(session, `?hashes=${hash}`))[0]?.state === state);
      await becomes('metaDL');
      assert.equal((await session.post(`torrents/${stop}`, { hashes: hash })).status, 200);
      await becomes(legacy ? 'pausedDL' : 'stoppedDL');
      assert.equal((await session.post(`torrents/${start}`, { hashes: hash })).status, 200);
      await becomes('metaDL');
      for (const foreign of legacy ? ['stop', 'start'] : ['pause', 'resume']) {
        assert.equal((await session.post(`torrents/${foreign}`, { hashes: hash })).status, 404);
      }
    },
  },
  {
    title: 'an action on an unknown hash is no error, one without hashes is 400, one by GET is 405',
    run: async (subject) => {
      const { get, post } = await openSession(subject);
      const action = `torrents/${subject.generation === 'legacy' ? 'pause' : 'stop'}`;
      const unknown = await post(action, { hashes: newHash() });
      assert.deepEqual([unknown.status, unknown.text], [200, '']);
      assert.equal((await post(action)).status, 400);
      assert.equal((await get(`${action}?hashes=${newHash()}`)).status, 405);
      assert.equal((await post('torrents/recheck', { hashes: newHash() })).status, 200);
      assert.equal((await post('torrents/reannounce', { hashes: newHash() })).status, 200);
    },
  },
  {
    title: 'a delete must state whether the files are deleted too, and "all" deletes everything',
    run: async (subject) => {
      const session = await openSession(subject);
      const hash = newHash();
      await addMagnets(session, [magnet(hash)]);
      const missing = await session.post('torrents/delete', { hashes: hash });
      const text = isModern(subject) ? 'Missing required parameters: deleteFiles' : 'Bad Request';
      assert.deepEqual([missing.status, missing.text], [400, text]);
      await session.post('torrents/delete', { hashes: hash, deleteFiles: 'false' });
      assert.deepEqual(await hashes(session, `?hashes=${hash}`), []);
      await addMagnets(session, [magnet(newHash())]);
      await session.post('torrents/delete', { hashes: 'all', deleteFiles: 'true' });
      assert.deepEqual(await hashes(session), []);
    },
  },
  {
    title: 'properties need a hash, and an unknown one is 404',
    run: async (subject) => {
      const session = await openSession(subject);
      const { get } = session;
      const hash = newHash();
      await addMagnets(session, [magnet(hash, 'named')]);
      const properties = objectOf((await get(`torrents/properties?hash=${hash}`)).text);
      assert.deepEqual(
        [properties.name, properties.total_size, properties.completion_date],
        ['named', -1, -1],
      );
      assert.equal((await get(`torrents/properties?hash=${newHash()}`)).status, 404);
      assert.equal((await get('torrents/properties')).status, 400);
    },
  },
  {
    title: 'the number of torrents can be requested since 4.6.1',
    run: async (subject) => {
      const session = await openSession(subject);
      const answer = await session.get('torrents/count');
      const count = (await hashes(session)).length;
      if (subject.generation === 'legacy') return assert.equal(answer.status, 404);
      return assert.deepEqual([answer.status, answer.text], [200, String(count)]);
    },
  },
];
