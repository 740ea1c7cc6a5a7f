/** What takes hours on a real server: bans, sessions, days. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';
import type { NtfySimulator, QbittorrentSimulator } from '../../src/simulator/index.ts';

const HOUR = 3_600_000;

/** A clock that the test advances. */
function createClock(start = 0) {
  let time = start;
  return {
    now: () => time,
    pass: (ms: number) => {
      time += ms;
    },
  };
}

const login = (qbittorrent: QbittorrentSimulator, password = qbittorrent.password) =>
  fetch(`${qbittorrent.url}/api/v2/auth/login`, {
    method: 'POST',
    body: new URLSearchParams({ username: qbittorrent.username, password }),
  });

const version = (qbittorrent: QbittorrentSimulator, cookie: string) =>
  fetch(`${qbittorrent.url}/api/v2/app/version`, { headers: { cookie } });

const cookieOf = (answer: Response) => answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';

const publish = async (ntfy: NtfySimulator) =>
  (await fetch(ntfy.url, { method: 'POST', body: '{"topic":"t"}' })).status;

test('a ban ends after an hour, and can be set and removed by the test', async () => {
  const clock = createClock();
  await using qbittorrent = await startQbittorrentSimulator({ now: clock.now });
  qbittorrent.ban();
  assert.equal((await login(qbittorrent)).status, 403);
  clock.pass(HOUR);
  assert.equal((await login(qbittorrent)).status, 204);
  qbittorrent.ban();
  qbittorrent.liftBan();
  assert.equal((await login(qbittorrent)).status, 204);
});

test('wrong passwords stay counted, however much time passes', async () => {
  const clock = createClock();
  await using qbittorrent = await startQbittorrentSimulator({ now: clock.now });
  for (let count = 0; count < 5; count += 1) {
    assert.equal((await login(qbittorrent, 'wrong')).status, 401);
    clock.pass(24 * HOUR);
  }
  clock.pass(-24 * HOUR);
  assert.equal((await login(qbittorrent)).status, 403);
});

test('a session is valid while it is used, and its cookie is sent again after half of its lifetime', async () => {
  const clock = createClock();
  await using qbittorrent = await startQbittorrentSimulator({ now: clock.now, sessionTimeout: 60 });
  const cookie = cookieOf(await login(qbittorrent));
  clock.pass(20_000);
  assert.equal(cookieOf(await version(qbittorrent, cookie)), '');
  clock.pass(20_000);
  assert.equal(cookieOf(await version(qbittorrent, cookie)), cookie);
  clock.pass(60_000);
  assert.equal((await version(qbittorrent, cookie)).status, 200);
  clock.pass(61_000);
  assert.equal((await version(qbittorrent, cookie)).status, 403);
});

test('all sessions can be ended at once, and logins are counted', async () => {
  await using qbittorrent = await startQbittorrentSimulator();
  const cookie = cookieOf(await login(qbittorrent));
  await login(qbittorrent, 'wrong');
  assert.deepEqual([qbittorrent.logins, qbittorrent.sessions], [1, 1]);
  qbittorrent.expireSessions();
  assert.equal((await version(qbittorrent, cookie)).status, 403);
});

test('the limit allows one more request every five seconds, or at the interval of the options', async () => {
  const clock = createClock();
  await using ntfy = await startNtfySimulator({ now: clock.now, burst: 2, replenishMs: 1000 });
  const statuses = [await publish(ntfy), await publish(ntfy), await publish(ntfy)];
  clock.pass(999);
  statuses.push(await publish(ntfy));
  clock.pass(1);
  statuses.push(await publish(ntfy), await publish(ntfy));
  assert.deepEqual(statuses, [200, 200, 429, 429, 200, 429]);
});

test('the count of daily messages is reset at midnight UTC', async () => {
  const clock = createClock(Date.UTC(2026, 0, 1, 23, 59, 59));
  await using ntfy = await startNtfySimulator({ now: clock.now, dailyLimit: 1 });
  const statuses = [await publish(ntfy), await publish(ntfy)];
  clock.pass(1000);
  statuses.push(await publish(ntfy));
  assert.deepEqual(statuses, [200, 429, 200]);
});

test('the cache deletes a message after twelve hours', async () => {
  const clock = createClock();
  await using ntfy = await startNtfySimulator({ now: clock.now });
  await publish(ntfy);
  const poll = async () => (await fetch(`${ntfy.url}/t/json?poll=1`)).text();
  assert.match(await poll(), /triggered/);
  clock.pass(12 * HOUR);
  assert.equal(await poll(), '');
});
