import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createQbittorrentClient } from '../../src/qbittorrent/client.ts';
import { secret } from '../../src/util/secret.ts';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { serve } from '../http/server.ts';
import { realTest, startNginx, startQbittorrent } from '../servers/index.ts';
import type { Qbittorrent } from '../servers/index.ts';
import { failureOf, password, valueOf } from './clients.ts';

const PROXY = { username: 'phone', password: secret('pä ss') };
const files = { users: 'phone:{PLAIN}pä ss\n' };

/** With or without the line that removes the proxy's login before qBittorrent. */
const serverOf = (target: string, keeps: boolean) => `
  auth_basic "here"; auth_basic_user_file users;
  location /qb/ {
    proxy_pass ${target}/; proxy_set_header Host ${new URL(target).host};
    ${keeps ? 'proxy_set_header Authorization "";' : ''}
  }`;

const clientOf = (url: string, { username, password: pass }: Qbittorrent, basic = PROXY) =>
  createQbittorrentClient({ url: `${url}/qb`, auth: password(pass, username), basic });

/** How many wrong passwords are possible until the next one is refused by a ban: 5 if none was counted before. */
async function untilBanned({ url, username }: Qbittorrent): Promise<number> {
  for (let wrong = 0; wrong < 10; wrong += 1) {
    const body = new URLSearchParams({ username, password: 'wrong' });
    const { status } = await fetch(`${url}/api/v2/auth/login`, { method: 'POST', body });
    if (status === 403) return wrong;
  }
  return Number.NaN;
}

realTest(
  'the sidecar logs in to qBittorrent behind an nginx with its own login, which counts nothing towards the ban',
  { needs: ['qbittorrent current', 'nginx'] },
  async () => {
    await using qbittorrent = await startQbittorrent('current');
    await using nginx = await startNginx({ server: serverOf(qbittorrent.url, true), files });
    const client = clientOf(nginx.url, qbittorrent);
    for (let count = 0; count < 3; count += 1) {
      assert.ok((await client.login()).ok);
      valueOf(await client.newest(100));
    }
    const wrong = { ...PROXY, password: secret('wrong') };
    const refused = await clientOf(nginx.url, qbittorrent, wrong).login();
    assert.equal(!refused.ok && refused.isFinal, true);
    assert.match(failureOf(refused).message, /the proxy at .* refused the user name and password/);
    assert.equal(await untilBanned(qbittorrent), 5);
  },
);

realTest(
  'an nginx that forwards its login costs qBittorrent one wrong password, and no further attempt',
  { needs: ['qbittorrent current', 'nginx'] },
  async () => {
    await using qbittorrent = await startQbittorrent('current');
    await using nginx = await startNginx({ server: serverOf(qbittorrent.url, false), files });
    const refused = await clientOf(nginx.url, qbittorrent).login();
    assert.equal(!refused.ok && refused.isFinal, true);
    const { kind, reason, message } = failureOf(refused);
    assert.deepEqual([kind, reason], ['unauthorized', 'proxy-login-refused']);
    assert.match(message, /must remove the Authorization header/);
    assert.doesNotMatch(message, /pä/);
    assert.equal(await untilBanned(qbittorrent), 4);
  },
);

describe('the login of a proxy', () => {
  test('is sent with each call, and a rejected one costs one request', async () => {
    await using guarded = await serve((_, outgoing) =>
      outgoing.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end('<html>401</html>'),
    );
    const auth = password('adminadmin');
    const client = createQbittorrentClient({ url: guarded.url.replace(/\/$/, ''), auth, basic: PROXY });
    const refused = await client.login();
    assert.equal(!refused.ok && refused.isFinal, true);
    assert.deepEqual(
      guarded.requests.map(({ headers }) => headers.authorization),
      [`Basic ${Buffer.from('phone:pä ss').toString('base64')}`],
    );
  });

  test('is distinguished from an expired session: the sidecar logs in again', async () => {
    await using qbittorrent = await startQbittorrentSimulator({ generation: '5.1' });
    const auth = password('adminadmin');
    const client = createQbittorrentClient({ url: qbittorrent.url, auth, basic: PROXY });
    assert.ok((await client.login()).ok);
    qbittorrent.expireSessions();
    assert.equal(failureOf(await client.newest(100)).kind, 'unauthorized');
    assert.ok((await client.login()).ok);
    valueOf(await client.newest(100));
  });
});
