/** Logging in, sessions, and the ban. */
import assert from 'node:assert/strict';
import { call, cookieOf, isIn, isModern, openSession, tryLogin } from './qbittorrent-subject.ts';
import type { QbittorrentCase } from './qbittorrent-subject.ts';

export const loginCases: QbittorrentCase[] = [
  {
    title: 'a right password opens a session, whose cookie is raw base64',
    run: async (subject) => {
      const answer = await tryLogin(subject);
      assert.deepEqual([answer.status, answer.text], isModern(subject) ? [204, ''] : [200, 'Ok.']);
      const [, name, value] = /^(\w+)=(.*)$/.exec(cookieOf(answer)) ?? [];
      assert.equal(name, isModern(subject) ? `QBT_SID_${subject.port}` : 'SID');
      assert.match(value ?? '', /^[A-Za-z0-9+/]{32}$/);
      assert.match(answer.headers['set-cookie']?.[0] ?? '', /HttpOnly; (?:.*)SameSite=(?:Strict|Lax)/);
      const version = await call(subject, 'app/version', { headers: { cookie: cookieOf(answer) } });
      assert.equal(version.status, 200);
    },
  },
  {
    title: 'a wrong password is 200 with "Fails." before 5.2, then 401',
    run: async (subject) => {
      const answer = await tryLogin(subject, { password: 'wrong' });
      const expected = isModern(subject) ? [401, 'Unauthorized'] : [200, 'Fails.'];
      assert.deepEqual([answer.status, answer.text, cookieOf(answer)], [...expected, '']);
      assert.ok(isIn(await tryLogin(subject))); // clears the count
    },
  },
  {
    title: 'a login by GET is refused, even with the right credentials',
    run: async (subject) => {
      const query = new URLSearchParams({ username: subject.username, password: subject.password });
      const answer = await call(subject, `auth/login?${query.toString()}`);
      assert.deepEqual([answer.status, answer.text], [405, 'Method Not Allowed']);
    },
  },
  {
    title: 'a JSON body is not accepted',
    run: async (subject) => {
      const answer = await call(subject, 'auth/login', {
        method: 'POST',
        body: JSON.stringify({ username: subject.username, password: subject.password }),
        headers: { 'content-type': 'application/json' },
      });
      assert.deepEqual([answer.status, answer.headers.connection], [400, 'close']);
    },
  },
  {
    title: 'a body in chunks is not read: the right password in it counts as a wrong one',
    run: async (subject) => {
      const form = { username: subject.username, password: subject.password };
      assert.ok(!isIn(await call(subject, 'auth/login', { method: 'POST', form, chunked: true })));
      assert.ok(isIn(await tryLogin(subject)));
    },
  },
  {
    title: 'a client with a valid session is logged in again, whatever the password',
    run: async (subject) => {
      const { cookie } = await openSession(subject);
      const answer = await tryLogin(subject, { password: 'wrong', headers: { cookie } });
      assert.ok(isIn(answer));
      assert.equal(cookieOf(answer), '');
    },
  },
  {
    title: 'without a session every endpoint is 403, also those that do not exist',
    run: async (subject) => {
      for (const path of ['app/version', 'app/nonsense', 'nonsense/nonsense', 'torrents/info']) {
        const answer = await call(subject, path, { headers: { cookie: 'SID=stale; QBT_SID_1=stale' } });
        assert.deepEqual([answer.status, answer.text], [403, 'Forbidden'], path);
      }
      assert.equal((await call(subject, 'auth/logout', { method: 'POST' })).status, 403);
    },
  },
  {
    title: 'a session ends at logout',
    run: async (subject) => {
      const session = await openSession(subject);
      assert.equal((await session.post('auth/logout')).status, 200);
      assert.equal((await session.get('app/version')).status, 403);
    },
  },
  {
    title: 'five wrong passwords ban the address, even with the right password, but not the open sessions',
    options: {},
    run: async (subject) => {
      const { cookie, get } = await openSession(subject);
      for (let count = 0; count < 5; count += 1) {
        assert.equal((await tryLogin(subject, { password: 'wrong' })).status, isModern(subject) ? 401 : 200);
      }
      const banned = await tryLogin(subject);
      const text = 'Your IP address has been banned after too many failed authentication attempts.';
      assert.deepEqual([banned.status, banned.text], [403, text]);
      assert.equal((await get('app/version')).status, 200);
      assert.ok(isIn(await tryLogin(subject, { headers: { cookie } })));
    },
  },
  {
    title: 'a right password clears the count of wrong ones',
    options: {},
    run: async (subject) => {
      for (let round = 0; round < 2; round += 1) {
        for (let count = 0; count < 4; count += 1) await tryLogin(subject, { password: 'wrong' });
        assert.ok(isIn(await tryLogin(subject)));
      }
    },
  },
  {
    title: 'of seventeen sessions the two least recently used are closed since 5.3, none before',
    options: {},
    run: async (subject) => {
      const sessions = [];
      for (let count = 0; count < 17; count += 1) sessions.push(await openSession(subject));
      const states = [];
      for (const { get } of sessions) states.push((await get('app/version')).status);
      const lost = isModern(subject) ? 2 : 0;
      assert.deepEqual(states, [...Array(lost).fill(403), ...Array(17 - lost).fill(200)]);
    },
  },
  {
    title: 'with the local bypass a call without a cookie gets a new session',
    options: { bypassLocalAuth: true },
    run: async (subject) => {
      const first = await call(subject, 'app/version');
      const cookie = cookieOf(first);
      assert.equal(first.status, 200);
      assert.match(cookie, /^(SID|QBT_SID_\d+)=.{32}$/);
      assert.equal(cookieOf(await call(subject, 'app/version', { headers: { cookie } })), '');
      assert.ok(isIn(await tryLogin(subject, { password: 'wrong' })));
    },
  },
];
