/** The shipped sidecar with buttons as a process, real servers with access control, proxies that can lie, and its figures. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readShipped } from '../../src/development/shipped.ts';
import { cpuOf, memoryOf } from '../bench/lib/proc.ts';
import { sumOf } from '../bench/lib/subjects.ts';
import { startChaosProxy } from '../chaos/proxy.ts';
import type { ProxiedRequest } from '../chaos/proxy.ts';
import { createSidecarProcess } from '../chaos/sidecar.ts';
import { freePort, startNtfy, startQbittorrent, startWebSeed, until } from '../servers/index.ts';
import { removeFolder, temporaryFolder } from '../servers/processes.ts';
import { createButtonPhone } from '../support/button-phone.ts';

export const TOPIC = 'attacked-downloads';
export const COMMANDS = 'attacked-commands';

const INSTANCE = 'qbit';
const OPS_TOKEN = 'planted-ops-token';
const password = 'a long password';
const users = [
  { name: 'sidecar', password, access: { [TOPIC]: 'read-write', [COMMANDS]: 'read-only' } },
  { name: 'phone', password, access: { [TOPIC]: 'read-only' } },
  { name: 'buttons', password, access: { [COMMANDS]: 'write-only' } },
] as const;

/** What the sidecar has cost until now. */
export interface Figures {
  /** Megabytes. */
  rss: number;
  /** Milliseconds. */
  cpu: number;
  /** Lines of its log. */
  lines: number;
  /** Requests to qBittorrent, and of them those that are no poll. */
  requests: number;
  /** Messages of the command topic without effect. */
  rejected: number;
}

/** Changes of the sidecar's environment; `undefined` removes a variable. */
export type Changes = Readonly<Record<string, string | undefined>>;

/** Only the user of the cards may read them, and everyone may write to the command topic. */
export async function startAttackScene(changes: Changes = {}) {
  await using stack = new AsyncDisposableStack();
  const folder = temporaryFolder('attack');
  stack.defer(() => removeFolder(folder));
  const qbittorrent = stack.use(await startQbittorrent('current'));
  const ntfy = stack.use(
    await startNtfy('current', {
      auth: { users, everyoneMay: { [COMMANDS]: 'write-only' } },
      requestLimit: 'none',
    }),
  );
  const seed = stack.use(await startWebSeed({ rate: 20_000 }));
  const toQbittorrent = stack.use(await startChaosProxy(qbittorrent.url));
  const toNtfy = stack.use(await startChaosProxy(ntfy.url));
  const [hookPort, opsPort] = [await freePort(), await freePort()];
  const env = {
    INSTANCE_NAME: INSTANCE,
    QBIT_HOST: toQbittorrent.url,
    QBIT_USER: qbittorrent.username,
    QBIT_PASS: qbittorrent.password,
    NTFY_TOPIC: `${toNtfy.url}/${TOPIC}`,
    NTFY_TOKEN: ntfy.tokens['sidecar'] ?? '',
    NTFY_RATE: 'unlimited',
    COMMAND_TOPIC: `${ntfy.url}/${COMMANDS}`,
    COMMAND_TOKEN: ntfy.tokens['buttons'] ?? '',
    POLL_INTERVAL: '1s',
    DIGEST_FROM: 'never',
    SUMMARY_FROM: 'never',
    HOOK_PORT: String(hookPort),
    OPS_HOST: '127.0.0.1',
    OPS_PORT: String(opsPort),
    OPS_TOKEN,
    ...changes,
  };
  const sidecar = stack.use(createShipped(folder, env));
  sidecar.start();
  await qbittorrent.setAddedHook(
    `curl -q -fsS -m 5 --noproxy * -X POST "http://localhost:${hookPort}/track?hash=%K"`,
  );
  const phone = stack.use(
    await createButtonPhone({
      ntfyUrl: ntfy.url,
      topic: TOPIC,
      as: 'android',
      credentials: `Bearer ${ntfy.tokens['phone']}`,
    }),
  );
  const read = (path: string) => readOps(opsPort, path);
  const metric = async (name: string, label?: string) => sumOf(await read('/metrics'), `${name}{`, label);
  const untilReady = () => until('it is ready', () => read('/readyz').catch(() => null));
  await untilReady();
  const owned = stack.move();

  const actionOf = (card: string, label: string) =>
    phone.card(card)?.actions?.find((action) => action['label'] === label);
  const count = (path: RegExp, part = '') =>
    toQbittorrent.requests.filter(
      (request) => path.test(request.path) && request.body.includes(part) && isDone(request),
    ).length;

  return {
    qbittorrent,
    ntfy,
    seed,
    toQbittorrent,
    toNtfy,
    sidecar,
    phone,
    folder,
    metric,
    read,
    commandUrl: `${ntfy.url}/${COMMANDS}`,
    /** Adds a torrent, and waits for a card with three buttons. */
    async download(name: string, bytes = 5_000_000) {
      const { hash, file } = seed.serve(name, bytes);
      await qbittorrent.addTorrent(file);
      const card = `${INSTANCE}-${hash}`;
      await until(`the card of ${name} has buttons`, () => (phone.card(card)?.actions ?? []).length === 3);
      return { hash, card, file };
    },
    /** The text that a button publishes; `null`: the card has no such button. */
    bodyOf(card: string, label: string): string | null {
      const body = actionOf(card, label)?.['body'];
      return typeof body === 'string' ? body : null;
    },
    /** Ends the sidecar by SIGKILL. */
    async kill(): Promise<void> {
      sidecar.send('SIGKILL');
      await sidecar.ended();
    },
    /** Starts it again. */
    async start(): Promise<void> {
      sidecar.start();
      await untilReady();
    },
    /** Publishes to the command topic as anyone may. */
    async publish(body: BodyInit, headers: Record<string, string> = {}): Promise<number> {
      const answer = await fetch(`${ntfy.url}/${COMMANDS}`, { method: 'POST', body, headers });
      await answer.arrayBuffer();
      return answer.status;
    },
    /** Requests that qBittorrent has answered with success. */
    count,
    async stateOf(hash: string): Promise<string> {
      const state = (await qbittorrent.find(hash))?.['state'];
      return typeof state === 'string' ? state : 'gone';
    },
    says: (card: string, text: RegExp) =>
      until(`the card says ${text}`, () => text.test(phone.shown(card)?.message ?? '')),
    async figures(): Promise<Figures> {
      const pid = sidecar.current?.pid ?? 0;
      return {
        rss: memoryOf(pid).rss,
        cpu: cpuOf(pid),
        lines: linesOf(sidecar.runs.map(({ output }) => output).join('')).length,
        requests: toQbittorrent.requests.filter(({ path }) => !path.endsWith('/torrents/info')).length,
        rejected: await metric('qbit_ntfy_presses_rejected_total'),
      };
    },
    /** Which secrets are in its log, its status, its metrics or its page. */
    async leaks(): Promise<string[]> {
      const secrets = [TOPIC, COMMANDS, qbittorrent.password, OPS_TOKEN, ...Object.values(ntfy.tokens)];
      const texts = [
        ...sidecar.runs.map(({ output }) => output),
        ...(await Promise.all(['/status', '/metrics', '/'].map(read))),
      ];
      return secrets.filter((secret) => texts.some((text) => text.includes(secret)));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export type AttackScene = Awaited<ReturnType<typeof startAttackScene>>;

const isDone = ({ status }: ProxiedRequest): boolean => status >= 200 && status < 300;

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** The bundle, with the flags and the environment of the Dockerfile; the state is stored in this folder. */
function createShipped(folder: string, env: Changes) {
  const shipped = readShipped();
  const state = join(folder, 'state');
  mkdirSync(state);
  const here = (text: string) => text.replace(/(^|=)\/state$/, `$1${state}`);
  const own = Object.entries(shipped.env).map(([name, value]) => [name, here(value)] as const);
  const all = [...own, ...Object.entries(env)].filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return createSidecarProcess(Object.fromEntries(all));
}

async function readOps(port: number, path: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { authorization: `Bearer ${OPS_TOKEN}`, connection: 'close' },
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`);
  return text;
}
