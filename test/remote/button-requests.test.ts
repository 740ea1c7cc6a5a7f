/** What ntfy's apps send for a press, and what a real ntfy makes of it. */
import assert from 'node:assert/strict';
import { realTest, until } from '../servers/index.ts';
import type { ButtonPhone } from '../support/button-phone.ts';
import { button, startScene } from './button-scene.ts';
import type { Scene } from './button-scene.ts';

const needs = ['ntfy current'] as const;
const apps = ['android', 'web'] as const;

/**
 * Shows the next version of a card, with this button, and presses it. A phone that is connected later than that needs a
 * separate card: ntfy replays the versions of a second in any order.
 */
async function pressOne(scene: Scene, phone: ButtonPhone, url: string, fields: object = {}, card = 'card') {
  await scene.show(card, { message: 'm', actions: [button(url, fields)] }, phone);
  return phone.press(card, 'Pause', { answer: 0 });
}

/** Without the address, which differs for each run. */
function headersOf({ requests }: Scene, at: number): Record<string, unknown> {
  const { host, ...headers } = requests.at(at)?.headers ?? {};
  assert.match(String(host), /^127\.0\.0\.1:\d+$/);
  return headers;
}

for (const app of apps) {
  realTest(
    `a press on ${app} arrives byte for byte, on a topic that no one else may read`,
    { needs },
    async () => {
      await using scene = await startScene();
      const phone = await scene.phone(app);
      const ascii = Array.from({ length: 94 }, (_, index) => String.fromCodePoint(33 + index)).join('');
      const bodies = [
        `v1.${Buffer.alloc(200, 0xfb).toString('base64url')}`,
        ascii,
        'ü “€” 😀 end',
        'x'.repeat(4095),
      ];
      for (const body of bodies) {
        assert.deepEqual(await pressOne(scene, phone, scene.commandUrl, { body }), { ok: true, status: 200 });
        assert.equal(scene.requests.at(-1)?.body, body);
      }
      assert.deepEqual((await scene.commands()).toSorted(), bodies.toSorted());
      const read = await fetch(`${scene.ntfy.url}/commands/json?poll=1`);
      assert.equal(read.status, 403);
    },
  );
}

realTest('Android sends no content type, no origin and none of its credentials', { needs }, async () => {
  await using scene = await startScene();
  const phone = await scene.phone('android');
  await pressOne(scene, phone, scene.commandUrl);
  assert.deepEqual(
    scene.requests.map(({ method, path }) => [method, path]),
    [['POST', '/commands']],
  );
  assert.deepEqual(headersOf(scene, 0), {
    'user-agent': 'ntfy/1.25.0 (play; Android 16; SDK 36)',
    connection: 'Keep-Alive',
    'accept-encoding': 'gzip',
    'content-length': '10',
  });
});

realTest('a button without method and body is a POST without content', { needs }, async () => {
  await using scene = await startScene();
  for (const app of apps) {
    await pressOne(
      scene,
      await scene.phone(app),
      scene.commandUrl,
      { method: undefined, body: undefined },
      app,
    );
    const { method, body, headers } = scene.requests.at(-1) ?? {};
    assert.deepEqual([method, body, headers?.['content-length']], ['POST', '', '0'], app);
    assert.equal(headers?.['content-type'], undefined, app);
  }
  assert.deepEqual(await scene.commands(), ['triggered', 'triggered']);
});

realTest('a button with GET has no body and no length', { needs }, async () => {
  await using scene = await startScene();
  for (const app of apps) {
    const fields = { method: 'get', body: undefined };
    await pressOne(scene, await scene.phone(app), `${scene.commandUrl}/publish?message=pressed`, fields, app);
    const { method, headers } = scene.requests.at(-1) ?? {};
    assert.deepEqual([method, headers?.['content-length']], ['GET', undefined], app);
  }
  assert.deepEqual(await scene.commands(), ['pressed', 'pressed']);
});

realTest(
  'the web app asks before it sends a token to another server, and ntfy allows it',
  { needs },
  async () => {
    await using scene = await startScene();
    const headers = { Authorization: `Bearer ${scene.presserToken}` };
    const phone = await scene.phone('web');
    assert.deepEqual(await pressOne(scene, phone, scene.closedUrl, { headers }), { ok: true, status: 200 });
    assert.deepEqual(
      scene.requests.map(({ method, status }) => [method, status]),
      [
        ['OPTIONS', 200],
        ['POST', 200],
      ],
    );
    const asked = scene.requests[0]?.headers ?? {};
    assert.equal(asked.authorization, undefined);
    assert.equal(asked.origin, 'https://ntfy.example');
    assert.equal(asked['access-control-request-method'], 'POST');
    assert.equal(asked['access-control-request-headers'], 'authorization');
    assert.equal(scene.requests[1]?.headers.authorization, headers.Authorization);
  },
);

realTest('the web app does not ask for a text without headers, nor its own server', { needs }, async () => {
  await using scene = await startScene();
  await pressOne(scene, await scene.phone('web'), scene.commandUrl);
  const headers = { Authorization: `Bearer ${scene.presserToken}` };
  const own = await scene.phone('web', new URL(scene.closedUrl).origin);
  await pressOne(scene, own, scene.closedUrl, { headers }, 'own');
  const methods = scene.requests.map(({ method }) => method);
  assert.deepEqual(methods, ['POST', 'POST']);
  assert.equal(scene.requests[0]?.headers['content-type'], 'text/plain;charset=UTF-8');
});

realTest(
  'a firewall that answers the preflight itself stops the web app before the press',
  { needs },
  async () => {
    await using scene = await startScene(({ method }) => (method === 'OPTIONS' ? 405 : null));
    const headers = { Authorization: `Bearer ${scene.presserToken}` };
    const phone = await scene.phone('web');
    assert.deepEqual(await pressOne(scene, phone, scene.closedUrl, { headers }), { ok: false, status: null });
    assert.deepEqual(
      scene.requests.map(({ method }) => method),
      ['OPTIONS'],
    );
    assert.deepEqual(phone.shown('card')?.errors, [
      'Pause: TypeError: Failed to fetch Check developer console for details.',
    ]);
  },
);

realTest('a refused press shows an error on the card, and can be repeated', { needs }, async () => {
  let isOpen = false;
  await using scene = await startScene(() => (isOpen ? null : 403));
  const android = await scene.phone('android');
  const actions = [button(scene.closedUrl), button(scene.commandUrl, { label: 'Mute' })];
  await scene.show('card', { message: 'm', actions }, android);
  isOpen = true;
  const denied = await android.press('card', 'Pause', { answer: 0 });
  assert.deepEqual(denied, { ok: false, status: 403 });
  assert.deepEqual(android.shown('card')?.buttons, ['Pause ❌️', 'Mute']);
  assert.deepEqual(android.shown('card')?.errors, ['Pause failed: HTTP 403']);

  const web = await scene.phone('web');
  await until('the card shows', () => web.shown('card'));
  await web.press('card', 'Pause', { answer: 0 });
  assert.deepEqual(web.shown('card')?.buttons, ['Pause ❌', 'Mute']);
  assert.deepEqual(web.shown('card')?.errors, ['Pause: Unexpected response HTTP 403']);

  // The page of a firewall has no CORS header: the web app does not see even its status.
  isOpen = false;
  assert.deepEqual(await web.press('card', 'Mute', { answer: 0 }), { ok: false, status: null });
  assert.deepEqual(await android.press('card', 'Mute', { answer: 0 }), { ok: false, status: 403 });
  isOpen = true;
  assert.deepEqual(await android.press('card', 'Mute', { answer: 0 }), { ok: true, status: 200 });
  assert.deepEqual(android.shown('card')?.buttons, ['Pause ❌️', 'Mute ✔️']);
  assert.deepEqual(android.shown('card')?.errors, ['Pause failed: HTTP 403']);
});

realTest('a header that is not ASCII fails on Android before anything is sent', { needs }, async () => {
  await using scene = await startScene();
  const phone = await scene.phone('android');
  const result = await pressOne(scene, phone, scene.commandUrl, { headers: { 'X-Name': 'ü' } });
  assert.deepEqual(result, { ok: false, status: null });
  assert.deepEqual(scene.requests, []);
  assert.deepEqual(phone.shown('card')?.errors, ['Pause failed: Unexpected char in header X-Name']);
});
