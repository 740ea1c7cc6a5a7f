/** The web app's requests as a real browser sends them, and as the phone model does. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startChromium } from '../browser/chromium.ts';
import { realTest } from '../servers/index.ts';
import type { SeenRequest } from '../servers/index.ts';
import { button, startScene } from './button-scene.ts';

/** An empty page: an origin. */
async function startPage() {
  const server = createServer((_, answer) =>
    answer.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The headers that a server could decide by. */
const HEADERS = [
  'content-type',
  'content-length',
  'authorization',
  'accept',
  'origin',
  'referer',
  'x-cache',
  'access-control-request-method',
  'access-control-request-headers',
];

const essence = ({ method, path, body, status, headers }: SeenRequest) => ({
  method,
  path,
  body,
  status,
  headers: Object.fromEntries(HEADERS.map((name) => [name, headers[name]])),
});

realTest(
  'the web app of the phone model sends what Chromium sends, and sees the same answer',
  { needs: ['ntfy current', 'chromium'] },
  async () => {
    await using page = await startPage();
    await using scene = await startScene(({ path }) => (path.startsWith('/walled') ? 403 : null));
    await using chromium = await startChromium();
    const tab = await chromium.browser.newPage();
    await tab.goto(page.origin);
    const phone = await scene.phone('web', page.origin);
    const authorization = { Authorization: `Bearer ${scene.presserToken}` };
    const walled = scene.commandUrl.replace('/commands', '/walled');
    // Chromium remembers what a preflight allowed, by address: so each has another query.
    const presses = [
      { url: scene.commandUrl, fields: {} },
      { url: scene.commandUrl, fields: { method: undefined, body: undefined } },
      { url: `${scene.commandUrl}/publish`, fields: { method: 'GET', body: undefined } },
      { url: `${scene.closedUrl}?1`, fields: { headers: authorization } },
      { url: `${scene.closedUrl}?2`, fields: { headers: { 'x-cache': 'no', ...authorization } } },
      {
        url: `${scene.closedUrl}?3`,
        fields: { headers: { 'content-type': 'application/json', ...authorization } },
      },
      { url: `${scene.commandUrl}?4`, fields: { method: 'PUT', headers: { 'Content-Type': 'text/plain' } } },
      { url: scene.closedUrl, fields: {} },
      { url: walled, fields: {} },
      { url: walled, fields: { headers: authorization } },
    ];
    for (const { url, fields } of presses) {
      const action = button(url, fields);
      await scene.show('card', { message: 'm', actions: [action] }, phone);
      const from = scene.requests.length;
      const { status } = await phone.press('card', 'Pause', { answer: 0 });
      const modelled = scene.requests.slice(from).map(essence);
      const real = await tab.evaluate(pressAsWebApp, JSON.stringify(action));
      const sent = scene.requests.slice(from + modelled.length).map(essence);
      assert.deepEqual(modelled, sent, url);
      assert.equal(status, real, url);
    }
  },
);

/** Runs on the page, as the web app does it: the status, or `null` where `fetch` rejects. */
async function pressAsWebApp(json: string): Promise<number | null> {
  const { url, method, headers, body } = JSON.parse(json);
  try {
    return (await fetch(url, { method: method ?? 'POST', headers: headers ?? {}, body })).status;
  } catch {
    return null;
  }
}
