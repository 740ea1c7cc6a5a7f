/** API keys and Basic auth, both since 5.2. */
import assert from 'node:assert/strict';
import { send } from './http.ts';
import { call, cookieOf, isIn, tryLogin } from './qbittorrent-subject.ts';
import type { QbittorrentCase } from './qbittorrent-subject.ts';

const apiKey = `qbt_${'Ab1'.repeat(10).slice(0, 28)}`;
const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });
const basic = (credentials: string) => ({ headers: { authorization: `Basic ${btoa(credentials)}` } });

export const keyCases: QbittorrentCase[] = [
  {
    title: 'the API key opens everything but auth/*, and needs no cookie',
    only: ['current'],
    options: { apiKey },
    run: async (subject) => {
      const answer = await call(subject, 'app/version', bearer(apiKey));
      assert.deepEqual([answer.status, cookieOf(answer)], [200, '']);
      assert.equal((await call(subject, 'torrents/info', bearer(apiKey))).text, '[]');
      assert.equal((await call(subject, 'app/nonsense', bearer(apiKey))).status, 404);
      const login = await call(subject, 'auth/login', { method: 'POST', ...bearer(apiKey) });
      assert.equal(login.status, 403);
      assert.equal((await send(`${subject.url}/`, bearer(apiKey))).status, 404);
    },
  },
  {
    title: 'a wrong API key is 403 and never counts for a ban',
    only: ['current'],
    options: { apiKey },
    run: async (subject) => {
      for (let count = 0; count < 8; count += 1) {
        assert.equal((await call(subject, 'app/version', bearer(`qbt_${'x'.repeat(28)}`))).status, 403);
      }
      assert.ok(isIn(await tryLogin(subject)));
    },
  },
  {
    title: 'the API key still works from a banned address',
    only: ['current'],
    options: { apiKey },
    run: async (subject) => {
      for (let count = 0; count < 6; count += 1) await tryLogin(subject, { password: 'wrong' });
      assert.equal((await tryLogin(subject)).status, 403);
      assert.equal((await call(subject, 'app/version', bearer(apiKey))).status, 200);
    },
  },
  {
    title: 'with an API key the Origin is not checked, but the Host is',
    only: ['current'],
    options: { apiKey },
    run: async (subject) => {
      const { headers } = bearer(apiKey);
      const origin = { headers: { ...headers, origin: 'http://other.example' } };
      assert.equal((await call(subject, 'app/version', origin)).status, 200);
      const host = { headers: { ...headers, host: 'qbittorrent:1' } };
      assert.equal((await call(subject, 'app/version', host)).status, 401);
    },
  },
  {
    title: 'API keys and Basic auth have no effect before 5.2',
    only: ['legacy', '5.1'],
    run: async (subject) => {
      assert.equal((await call(subject, 'app/version', bearer(apiKey))).status, 403);
      const credentials = basic(`${subject.username}:${subject.password}`);
      assert.equal((await call(subject, 'app/version', credentials)).status, 403);
    },
  },
  {
    title: 'Basic auth opens a session, and its failures count for the ban',
    only: ['current'],
    options: {},
    run: async (subject) => {
      const right = basic(`${subject.username}:${subject.password}`);
      const answer = await call(subject, 'app/version', right);
      assert.equal(answer.status, 200);
      assert.match(cookieOf(answer), /^QBT_SID_/);
      for (let count = 0; count < 5; count += 1) {
        assert.equal((await call(subject, 'app/version', basic('a:b'))).status, 401);
      }
      assert.equal((await call(subject, 'app/version', right)).status, 403);
    },
  },
];
