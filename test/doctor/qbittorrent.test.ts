import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { freePort } from '../servers/ports.ts';
import { startProxy } from '../servers/proxy.ts';
import { serve } from '../http/server.ts';
import { assertDiagnosis, examine, NEEDS, startSetup, type Expected, type Setup } from './setup.ts';

/** Causes one problem; returns the changes of the environment. */
type Break = (
  setup: Setup,
  stack: AsyncDisposableStack,
) => Promise<Record<string, string>> | Record<string, string>;

const broken: Array<
  [title: string, expected: Expected, breakIt: Break, options?: Parameters<typeof startSetup>[0]]
> = [
  [
    'nothing listens at the address',
    {
      fails: 'qbittorrent',
      found: /nothing listens on 127/,
      advice: /Is it running.*QBIT_HOST/,
      skips: NEEDS.qbittorrent,
    },
    async () => ({ QBIT_HOST: `http://127.0.0.1:${await freePort()}` }),
  ],
  [
    'the host name is unknown',
    {
      fails: 'qbittorrent',
      found: /qbittorrent\.invalid.*(is unknown|failed)/,
      advice: /name of the service/,
      skips: NEEDS.qbittorrent,
    },
    () => ({ QBIT_HOST: 'http://qbittorrent.invalid:8080' }),
  ],
  [
    'the port belongs to another protocol',
    {
      fails: 'qbittorrent',
      found: /closed the connection|could not be reached/,
      advice: /port/,
      skips: NEEDS.qbittorrent,
    },
    ({ qbittorrent }) => (qbittorrent.fail(/./, { kind: 'close' }), {}),
  ],
  [
    'the port belongs to another web server',
    {
      fails: 'qbittorrent',
      found: /not qBittorrent \(200, a web page\)/,
      advice: /Set QBIT_HOST to the WebUI/,
      skips: NEEDS.qbittorrent,
    },
    async (_, stack) => {
      const page = stack.use(
        await serve((_, outgoing) => outgoing.end('<!DOCTYPE html><title>Router</title>')),
      );
      return { QBIT_HOST: page.url };
    },
  ],
  [
    'the port belongs to ntfy',
    { fails: 'qbittorrent', found: /not qBittorrent/, advice: /QBIT_HOST/, skips: NEEDS.qbittorrent },
    ({ ntfy }) => ({ QBIT_HOST: ntfy.url }),
  ],
  [
    'a reverse proxy redirects to its login page',
    {
      fails: 'qbittorrent',
      found: /redirect \(302\) to https:\/\/auth\.example\.org$/,
      advice: /target of the redirect/,
      skips: NEEDS.qbittorrent,
    },
    async (_, stack) => {
      const location = 'https://auth.example.org/login?token=planted';
      const proxy = stack.use(await serve((_, outgoing) => outgoing.writeHead(302, { location }).end()));
      return { QBIT_HOST: proxy.url };
    },
  ],
  [
    'a proxy has no qBittorrent behind it',
    { fails: 'qbittorrent', found: /answered 502: a proxy/, advice: /QBIT_HOST/, skips: NEEDS.qbittorrent },
    ({ qbittorrent }) => (qbittorrent.fail(/./, { kind: 'status', status: 502 }), {}),
  ],
  [
    'a port mapping changes the Host header',
    {
      fails: 'qbittorrent',
      found: /refuses requests for 127.*Host header/,
      advice: /port mapping/,
      skips: NEEDS.qbittorrent,
    },
    ({ qbittorrent }) => ((qbittorrent.preferences['web_ui_port'] = 8080), {}),
  ],
  [
    'the password is wrong',
    {
      fails: 'login',
      found: /refused QBIT_USER and QBIT_PASS/,
      advice: /tried once: five/,
      skips: NEEDS.login,
    },
    () => ({ QBIT_PASS: 'planted-wrong' }),
  ],
  [
    'the password is wrong, on an older version',
    {
      fails: 'login',
      found: /refused QBIT_USER and QBIT_PASS/,
      advice: /tried once: five/,
      skips: NEEDS.login,
    },
    () => ({ QBIT_PASS: 'planted-wrong' }),
    { qbittorrent: { generation: 'legacy', password: 'planted-password' } },
  ],
  [
    'the address is banned',
    {
      fails: 'login',
      found: /has banned this address/,
      advice: /Wait for an hour, or restart/,
      skips: NEEDS.login,
    },
    ({ qbittorrent }) => (qbittorrent.ban(), {}),
  ],
  [
    'the API key is wrong',
    { fails: 'login', found: /refused QBIT_API_KEY/, advice: /before 5\.2/, skips: NEEDS.login },
    () => ({ QBIT_USER: '', QBIT_PASS: '', QBIT_API_KEY: 'qbt_planted000000000000000000wrong' }),
  ],
  [
    'a login is required, and none is set',
    { fails: 'login', found: /requires a login/, advice: /Set QBIT_USER/, skips: NEEDS.login },
    () => ({ QBIT_USER: '', QBIT_PASS: '' }),
  ],
];

for (const [title, expected, breakIt, options] of broken) {
  test(`${title}: the doctor reports exactly that problem`, async () => {
    await using stack = new AsyncDisposableStack();
    const setup = stack.use(await startSetup(options));
    const changes = await breakIt(setup, stack);
    assertDiagnosis(await examine({ ...setup.env, ...changes }), expected);
  });
}

test('a set-up without problems passes every check', async () => {
  await using setup = await startSetup();
  const diagnosis = await examine(setup.env);
  assert.deepEqual(diagnosis.with('fail'), []);
  assert.deepEqual(diagnosis.with('warn'), []);
  assert.deepEqual(diagnosis.with('skip'), []);
  assert.deepEqual(setup.ntfy.messages, []);
});

describe('the doctor leaves qBittorrent as it is', () => {
  test('a wrong password is tried once', async () => {
    await using setup = await startSetup();
    await examine({ ...setup.env, QBIT_PASS: 'planted-wrong' });
    assert.equal(setup.qbittorrent.requests.filter(({ path }) => path.endsWith('auth/login')).length, 1);
  });

  test('nothing is changed in qBittorrent', async () => {
    await using setup = await startSetup();
    await examine(setup.env);
    const posts = setup.qbittorrent.requests.filter(({ method }) => method === 'POST');
    assert.deepEqual(
      posts.map(({ path }) => path),
      ['/api/v2/auth/login'],
    );
  });
});

test('a proxy that requires its own login is reported as the source of the 401', async () => {
  await using setup = await startSetup();
  await using guarded = await serve((_, outgoing) =>
    outgoing.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end('<html>401</html>'),
  );
  const diagnosis = await examine({ ...setup.env, QBIT_HOST: guarded.url });
  assert.match(diagnosis.of('qbittorrent').found, /in front of qBittorrent .* requires its own login/);
});

const statusOf = (status: number) => (status === 403 ? 401 : status);

for (const auth of ['password', 'none'] as const) {
  test(`a proxy that answers 401 instead of 403 is not reported as a wrong Host header (${auth})`, async () => {
    await using setup = await startSetup();
    await using proxy = await startProxy(setup.qbittorrent.url, { statusOf });
    const none = auth === 'none' ? { QBIT_USER: '', QBIT_PASS: '' } : {};
    const diagnosis = await examine({ ...setup.env, ...none, QBIT_HOST: proxy.url });
    assert.deepEqual(diagnosis.with('fail'), auth === 'none' ? ['login'] : []);
    assert.match(diagnosis.of('qbittorrent').found, /qBittorrent answers/);
    if (auth === 'none') assert.match(diagnosis.of('login').advice ?? '', /Set QBIT_USER/);
  });
}

test('a server in front that refuses with a page is reported, without the address', async () => {
  await using setup = await startSetup();
  await using front = await serve((_, outgoing) => outgoing.writeHead(403).end('<html>403</html>'));
  const diagnosis = await examine({ ...setup.env, QBIT_HOST: front.url });
  assert.match(
    diagnosis.of('qbittorrent').found,
    /a proxy in front of qBittorrent .* refuses the request \(403\)/,
  );
});

test('a plain proxy that keeps the Host header is no problem', async () => {
  await using setup = await startSetup();
  await using proxy = await startProxy(setup.qbittorrent.url);
  assert.deepEqual((await examine({ ...setup.env, QBIT_HOST: proxy.url })).with('fail'), []);
});
