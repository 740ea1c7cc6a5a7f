/**
 * The peer: one login and one poll loop per torrent, as the Go program of the design document does. It needs fewer
 * resources where possible: connections are kept and shared, and no progress is sent.
 */
import { Agent, createServer, request } from 'node:http';
import { text } from 'node:stream/consumers';

const { PORT, QBIT_HOST = '', QBIT_USER = '', QBIT_PASS = '', NTFY_TOPIC = '' } = process.env;
const POLL = 5000;
const agent = new Agent({ keepAlive: true });

interface Answer {
  status: number;
  cookie: string;
  body: string;
}

function call(url: string, method: string, headers: Record<string, string>, body = ''): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const length = method === 'GET' ? {} : { 'content-length': Buffer.byteLength(body) };
  request(url, { method, agent, headers: { ...headers, ...length } }, (response) => {
    const cookie = response.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    text(response).then((body) => resolve({ status: response.statusCode ?? 0, cookie, body }), reject);
  })
    .once('error', reject)
    .end(body);
  return promise;
}

async function login(): Promise<string> {
  const form = new URLSearchParams({ username: QBIT_USER, password: QBIT_PASS }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const { status, cookie } = await call(`${QBIT_HOST}/api/v2/auth/login`, 'POST', headers, form);
  if (cookie === '') throw new Error(`login was refused: ${status}`);
  return cookie;
}

async function track(hash: string): Promise<void> {
  const cookie = await login();
  tracked += 1;
  const poll = async () => {
    if (paused) return;
    const { status, body } = await call(`${QBIT_HOST}/api/v2/torrents/info?hashes=${hash}`, 'GET', {
      cookie,
    });
    if (status !== 200) {
      refused += 1;
      return;
    }
    const [torrent] = JSON.parse(body) as Array<{ progress: number }>;
    if (torrent !== undefined && torrent.progress < 1) return;
    clearInterval(timer);
    if (torrent !== undefined) await call(NTFY_TOPIC, 'POST', { priority: '4' }, hash);
  };
  // In the original, too, an answer that does not come is only logged.
  const timer = setInterval(() => void poll().catch(() => (refused += 1)), POLL);
}

let tracked = 0;
let refused = 0;
/** It sends no requests while others are measured. */
let paused = false;

/**
 * `POST /track?hash=` as the original has it, `/pause` and `/resume`; any other request returns the number of tracked
 * torrents.
 */
createServer((incoming, outgoing) => {
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://localhost');
  const hash = searchParams.get('hash');
  if (pathname === '/pause') paused = true;
  if (pathname === '/resume') paused = false;
  if (hash !== null) track(hash).catch(() => (refused += 1));
  outgoing.end(JSON.stringify({ tracked, refused }));
}).listen(Number(PORT), '127.0.0.1');
