/** A sidecar with buttons, real servers with access control, and a phone that presses. */
import type { Policy } from '../../machines/policy.ts';
import { startNtfy, startProxy, startQbittorrent, startWebSeed, until } from '../servers/index.ts';
import type { QbittorrentGeneration, SeenRequest } from '../servers/index.ts';
import { createButtonPhone } from '../support/button-phone.ts';
import type { ButtonApp } from '../support/button-requests.ts';
import { hookLine, startSidecar } from '../support/sidecar.ts';
import { TOPIC } from './harness.ts';

const COMMANDS = 'commands';
const password = 'a long password';
const users = [
  { name: 'sidecar', password, access: { [TOPIC]: 'read-write', [COMMANDS]: 'read-only' } },
  { name: 'phone', password, access: { [TOPIC]: 'read-only' } },
] as const;

interface ButtonSceneOptions {
  qbittorrent: QbittorrentGeneration;
  /** Default: Android. */
  as?: ButtonApp;
  env?: Record<string, string>;
  /** Intervals that no setting makes as short. */
  policy?: Partial<Policy>;
}

/** Nobody may read or write anything without a token, except that everyone may write to the command topic. */
export async function startButtonScene({
  qbittorrent: generation,
  as = 'android',
  env,
  policy,
}: ButtonSceneOptions) {
  await using stack = new AsyncDisposableStack();
  const qbittorrent = stack.use(await startQbittorrent(generation));
  const ntfy = stack.use(
    await startNtfy('current', {
      auth: { users, everyoneMay: { [COMMANDS]: 'write-only' } },
      cacheFile: true,
      requestLimit: 'none',
    }),
  );
  const seed = stack.use(await startWebSeed({ rate: 20_000 }));
  const toQbittorrent = stack.use(await startProxy(qbittorrent.url));
  const log: string[] = [];
  const start = async () => {
    const sidecar = await startSidecar(
      {
        QBIT_HOST: toQbittorrent.url,
        QBIT_USER: qbittorrent.username,
        QBIT_PASS: qbittorrent.password,
        NTFY_TOPIC: `${ntfy.url}/${TOPIC}`,
        NTFY_TOKEN: ntfy.tokens['sidecar'] ?? '',
        COMMAND_TOPIC: COMMANDS,
        INSTANCE_NAME: 'qbit',
        ...env,
      },
      log,
      policy,
    );
    await qbittorrent.setAddedHook(hookLine(sidecar));
    return sidecar;
  };
  let sidecar = await start();
  stack.defer(() => sidecar.stop());
  const phone = stack.use(
    await createButtonPhone({
      ntfyUrl: ntfy.url,
      topic: TOPIC,
      as,
      credentials: `Bearer ${ntfy.tokens['phone']}`,
    }),
  );
  const owned = stack.move();

  /** Adds a torrent, and waits for its card. */
  async function download(name: string, bytes = 5_000_000) {
    const { hash, file } = seed.serve(name, bytes);
    await qbittorrent.addTorrent(file);
    const card = `qbit-${hash}`;
    await until(`the card of ${name} has buttons`, () => (phone.card(card)?.actions ?? []).length === 3);
    return { hash, card };
  }

  /** The requests of this kind that the sidecar sent for a torrent. */
  const requestsFor = (hash: string, path: RegExp): SeenRequest[] =>
    toQbittorrent.requests.filter((request) => path.test(request.path) && request.body.includes(hash));

  return {
    qbittorrent,
    ntfy,
    seed,
    toQbittorrent,
    log,
    phone,
    commandUrl: `${ntfy.url}/${COMMANDS}`,
    download,
    requestsFor,
    /** The state of a torrent; `gone`: there is none. */
    async stateOf(this: void, hash: string): Promise<string> {
      const state = (await qbittorrent.find(hash))?.['state'];
      return typeof state === 'string' ? state : 'gone';
    },
    sidecar: () => sidecar,
    async restart(between: () => Promise<void> = async () => {}) {
      await sidecar.stop();
      await between();
      sidecar = await start();
    },
    /** Presses a button, and returns what its request looked like. */
    async press(card: string, label: string) {
      const result = await phone.press(card, label);
      if (!result.ok) throw new Error(`the press of ${label} failed: ${result.status}`);
    },
    /** Waits until the first line of a card is this. */
    said: (card: string, text: RegExp) =>
      until(`the card says ${text}`, () => text.test(phone.shown(card)?.message ?? '')),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export type ButtonScene = Awaited<ReturnType<typeof startButtonScene>>;
