/** Adding, stopping, starting, checking and deleting. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../servers/index.ts';
import { listOf, objectOf } from './http.ts';
import { addMagnets, hashes, info, isModern, magnet, newHash, openSession } from './qbittorrent-subject.ts';
import type { QbittorrentCase, Session, Subject } from './qbittorrent-subject.ts';

/** The names of stopping and starting. */
const namesOf = ({ generation }: Subject): [stop: string, start: string] =>
  generation === 'legacy' ? ['pause', 'resume'] : ['stop', 'start'];

/** A finished download that is stopped, and its state. */
async function stopped(subject: Subject, session: Session) {
  const { hash } = await subject.download();
  const state = async () => String((await info(session, `?hashes=${hash}`))[0]?.state);
  await until('it is complete', async () => (await state()) === 'stalledUP');
  await session.post(`torrents/${namesOf(subject)[0]}`, { hashes: hash });
  const expected = subject.generation === 'legacy' ? 'pausedUP' : 'stoppedUP';
  await until('it is stopped', async () => (await state()) === expected);
  return { hash, state, expected };
}

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
      const [stop, start] = namesOf(subject);
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
      for (const action of [...namesOf(subject), 'recheck', 'reannounce', 'delete']) {
        const path = `torrents/${action}`;
        const more = action === 'delete' ? { deleteFiles: 'true' } : {};
        const unknown = await post(path, { hashes: newHash(), ...more });
        assert.deepEqual([unknown.status, unknown.text], [200, ''], action);
        assert.equal((await post(path, more)).status, 400, action);
        assert.equal((await get(`${path}?hashes=${newHash()}`)).status, 405, action);
      }
    },
  },
  {
    title: 'an action that has happened already is no error, and changes nothing',
    run: async (subject) => {
      const session = await openSession(subject);
      const { hash, state, expected } = await stopped(subject, session);
      const [stop, start] = namesOf(subject);
      assert.equal((await session.post(`torrents/${stop}`, { hashes: hash })).status, 200);
      assert.equal(await state(), expected);
      for (let count = 0; count < 2; count += 1)
        assert.equal((await session.post(`torrents/${start}`, { hashes: hash })).status, 200);
      await until('it is started', async () => (await state()) === 'stalledUP');
    },
  },
  {
    title: 'a stopped torrent is stopped again after a check, and one without metadata is not checked',
    run: async (subject) => {
      const session = await openSession(subject);
      const { hash, state, expected } = await stopped(subject, session);
      const waiting = newHash();
      await addMagnets(session, [magnet(waiting)]);
      await session.post('torrents/recheck', { hashes: `${hash}|${waiting}` });
      const states = new Set<string>();
      // Longer than a check, and than two updates of a state.
      for (const end = performance.now() + 5000; performance.now() < end;) {
        states.add(await state());
        const [object] = await info(session, `?hashes=${waiting}`);
        assert.ok(['checkingResumeData', 'metaDL'].includes(String(object?.state)));
        await sleep(50);
      }
      assert.equal(await state(), expected);
      states.delete(expected);
      assert.ok([...states].every((state) => state.startsWith('checking')));
    },
  },
  {
    title: 'the files of a torrent have names; without metadata there are none, and an unknown hash is 404',
    run: async (subject) => {
      const session = await openSession(subject);
      const { hash, name, size } = await subject.download();
      const waiting = newHash();
      await addMagnets(session, [magnet(waiting)]);
      const files = await until('it is complete', async () => {
        const files = listOf((await session.post('torrents/files', { hash })).text);
        return files[0]?.['is_seed'] === true && files;
      });
      assert.deepEqual(files, listOf((await session.get(`torrents/files?hash=${hash}`)).text));
      const [{ piece_range, ...file } = {}] = files;
      const expected = { availability: -1, index: 0, is_seed: true, name, priority: 1, progress: 1, size };
      assert.deepEqual([file, files.length], [expected, 1]);
      assert.ok(Array.isArray(piece_range) && piece_range.length === 2);
      assert.equal((await session.get(`torrents/files?hash=${waiting}`)).text, '[]');
      assert.equal((await session.get(`torrents/files?hash=${newHash()}`)).status, 404);
      assert.equal((await session.get('torrents/files')).status, 400);
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
