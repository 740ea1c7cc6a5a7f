/** Access, versions, preferences, and unknown endpoints. */
import assert from 'node:assert/strict';
import { objectOf, send } from './http.ts';
import { call, isModern, openSession, tryLogin } from './qbittorrent-subject.ts';
import type { QbittorrentCase, Subject } from './qbittorrent-subject.ts';

async function statusWith(subject: Subject, headers: Record<string, string>): Promise<number> {
  const { get } = await openSession(subject);
  return (await get('app/version', headers)).status;
}

export const appCases: QbittorrentCase[] = [
  {
    title: 'a Host with another port than its own is 401, even for a valid session or login',
    run: async (subject) => {
      assert.equal(await statusWith(subject, { host: `127.0.0.1:${subject.port + 1}` }), 401);
      const login = await tryLogin(subject, { headers: { host: 'qbittorrent:1' } });
      assert.deepEqual([login.status, login.text], [401, 'Unauthorized']);
      assert.equal(await statusWith(subject, { host: `qbittorrent:${subject.port}` }), 200);
      assert.equal(await statusWith(subject, { host: 'qbittorrent' }), 200);
    },
  },
  {
    title: 'a foreign Origin or Referer is 401; its own, or none, is accepted',
    run: async (subject) => {
      const own = `http://127.0.0.1:${subject.port}`;
      assert.equal(await statusWith(subject, { origin: 'http://other.example' }), 401);
      assert.equal(await statusWith(subject, { origin: 'null' }), 401);
      assert.equal(await statusWith(subject, { referer: 'http://other.example/page' }), 401);
      assert.equal(await statusWith(subject, { origin: own, referer: 'http://other.example' }), 200);
      assert.equal(await statusWith(subject, { referer: `${own}/page` }), 200);
    },
  },
  {
    title: 'since 5.3 a Sec-Fetch-Site of another site is 401 too',
    run: async (subject) => {
      const refused = isModern(subject) ? 401 : 200;
      assert.equal(await statusWith(subject, { 'sec-fetch-site': 'cross-site' }), refused);
      assert.equal(await statusWith(subject, { 'sec-fetch-site': 'same-site' }), refused);
      assert.equal(await statusWith(subject, { 'sec-fetch-site': 'same-origin' }), 200);
      assert.equal(await statusWith(subject, { 'sec-fetch-site': 'none' }), 200);
    },
  },
  {
    title: 'the page at / is available without login',
    run: async (subject) => {
      const { status, type } = await send(subject.url);
      assert.deepEqual([status, type], [200, 'text/html']);
      assert.equal((await send(`${subject.url}/nonsense`)).status, 404);
    },
  },
  {
    title: 'versions are plain text, and differ between the generations',
    run: async (subject) => {
      const { get } = await openSession(subject);
      const version = await get('app/version');
      assert.equal(version.type, 'text/plain');
      const versions = { legacy: /^v4\.5\./, '5.1': /^v5\.1\./, current: /^v5\.[2-9]/ };
      assert.match(version.text, versions[subject.generation]);
      const [major, minor = 0] = (await get('app/webapiVersion')).text.split('.').map(Number);
      assert.equal(major, 2);
      assert.equal(minor >= 11, subject.generation !== 'legacy');
      assert.equal(minor >= 14, isModern(subject));
      const build = objectOf((await get('app/buildInfo')).text);
      assert.match(String(build.libtorrent), /^2\./);
      assert.equal('platform' in build, subject.generation !== 'legacy');
    },
  },
  {
    title: 'an unknown endpoint is 404',
    run: async (subject) => {
      const { get } = await openSession(subject);
      const text = isModern(subject) ? 'Endpoint does not exist' : 'Not Found';
      const action = await get('app/nonsense');
      assert.deepEqual([action.status, action.text], [404, text]);
      const scope = await get('nonsense/nonsense');
      assert.deepEqual([scope.status, scope.text], [404, 'Not Found']);
    },
  },
  {
    title: 'methods other than GET, HEAD and POST are refused with an empty answer',
    run: async (subject) => {
      const answer = await call(subject, 'app/version', { method: 'PUT' });
      assert.deepEqual([answer.status, answer.text], [subject.generation === 'legacy' ? 400 : 501, '']);
    },
  },
  {
    title: 'setPreferences changes the given keys, and no others',
    run: async (subject) => {
      const { get, post } = await openSession(subject);
      const before = objectOf((await get('app/preferences')).text);
      const changes = {
        autorun_on_torrent_added_enabled: true,
        autorun_on_torrent_added_program: 'true "%K"',
      };
      const answer = await post('app/setPreferences', { json: JSON.stringify(changes) });
      assert.deepEqual([answer.status, answer.text], [200, '']);
      const after = objectOf((await get('app/preferences')).text);
      assert.deepEqual(after, { ...before, ...changes });
      const blank = { autorun_on_torrent_added_program: '  true', autorun_on_torrent_added_enabled: false };
      await post('app/setPreferences', { json: JSON.stringify(blank) });
      const { autorun_on_torrent_added_program: program } = objectOf((await get('app/preferences')).text);
      assert.equal(program, subject.generation === 'legacy' ? '  true' : 'true');
    },
  },
  {
    title: 'setPreferences requires POST and its json, but ignores broken JSON',
    run: async (subject) => {
      const { get, post } = await openSession(subject);
      assert.equal((await get('app/setPreferences')).status, 405);
      const missing = await post('app/setPreferences');
      const text = isModern(subject) ? 'Missing required parameters: json' : 'Bad Request';
      assert.deepEqual([missing.status, missing.text], [400, text]);
      assert.equal((await post('app/setPreferences', { json: '{' })).status, 200);
    },
  },
];
