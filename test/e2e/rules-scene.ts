/** The sidecar as a process with a rules file, with real servers. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSidecarProcess } from '../chaos/sidecar.ts';
import type { SidecarProcess } from '../chaos/sidecar.ts';
import { readSamples } from '../metrics/samples.ts';
import { freePort, startNtfy, startQbittorrent, startWebSeed, until } from '../servers/index.ts';
import type {
  Ntfy,
  NtfyMessage,
  Qbittorrent,
  QbittorrentGeneration,
  SeededTorrent,
  TorrentExtras,
  WebSeed,
} from '../servers/index.ts';
import { TOPIC } from './harness.ts';
import type { Status } from './harness.ts';

/** What is added to qBittorrent. */
export interface Addition extends TorrentExtras {
  name: string;
  size: number;
  /** It is created if it does not exist. */
  category?: string;
  tags?: string;
  savepath?: string;
}

/** The name of each kind of notification, by the end of its sequence ID. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['', 'progress'],
  ['-done', 'completion'],
  ['-err', 'alert'],
  ['-new', 'added'],
  ['-gone', 'removed'],
]);

export interface RulesScene extends AsyncDisposable {
  qbittorrent: Qbittorrent;
  ntfy: Ntfy;
  seed: WebSeed;
  sidecar: SidecarProcess;
  /** `RULES_FILE`. */
  path: string;
  add(addition: Addition): Promise<SeededTorrent>;
  /** Waits until all that were added are complete or removed, and nothing is tracked and waiting. */
  untilOver(): Promise<void>;
  messages(topic?: string): Promise<NtfyMessage[]>;
  /** The kinds of the messages about a torrent and their priorities, each once, in order: `progress=2`, `completion=4`. */
  sent(torrent: SeededTorrent, topic?: string): Promise<string[]>;
  status(): Promise<Status>;
}

export interface RulesSceneOptions {
  qbittorrent: QbittorrentGeneration;
  /** The text of the rules file. */
  rules: string;
  /** Bytes per second of the web seed. */
  rate?: number;
  env?: Record<string, string>;
}

/** Starts real servers and the process, which installs its hooks. */
export async function startRulesScene(options: RulesSceneOptions): Promise<RulesScene> {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'rules-e2e-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'rules.yaml');
  writeFileSync(path, options.rules);
  const qbittorrent = stack.use(await startQbittorrent(options.qbittorrent));
  const ntfy = stack.use(await startNtfy('current', { requestLimit: 'none' }));
  const seed = stack.use(await startWebSeed({ rate: options.rate ?? 700_000 }));
  const opsPort = await freePort();
  const sidecar = stack.use(
    createSidecarProcess({
      QBIT_HOST: qbittorrent.url,
      QBIT_USER: qbittorrent.username,
      QBIT_PASS: qbittorrent.password,
      NTFY_TOPIC: `${ntfy.url}/${TOPIC}`,
      NTFY_RATE: 'unlimited',
      AUTO_INSTALL_HOOK: 'true',
      HOOK_PORT: String(await freePort()),
      OPS_HOST: '127.0.0.1',
      OPS_PORT: String(opsPort),
      POLL_INTERVAL: '1s',
      INSTANCE_NAME: 'qbit',
      STATE_DIR: join(folder, 'state'),
      RULES_FILE: path,
      ...options.env,
    }),
  );
  sidecar.start();
  await untilHooked(qbittorrent, sidecar);
  const read = async (path: string) => (await fetch(`http://127.0.0.1:${opsPort}/${path}`)).text();
  const owned = stack.move();
  return {
    qbittorrent,
    ntfy,
    seed,
    sidecar,
    path,
    ...createSteps({ qbittorrent, ntfy, seed, read }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Without its hooks a torrent would only be found at the next scan. */
async function untilHooked(qbittorrent: Qbittorrent, sidecar: SidecarProcess): Promise<void> {
  const isHooked = async () => {
    const preferences = await (await qbittorrent.api('app/preferences')).json();
    const { autorun_on_torrent_added_program: added, autorun_program: finished } = preferences as Record<
      string,
      unknown
    >;
    return String(added).includes('/track?') && String(finished).includes('/finished?');
  };
  await until('the hooks are installed', isHooked).catch((cause: unknown) => {
    throw new Error(sidecar.current?.output, { cause });
  });
}

interface Parts extends Pick<RulesScene, 'qbittorrent' | 'ntfy' | 'seed'> {
  /** Reads a path of the operations port. */
  read: (path: string) => Promise<string>;
}

function createSteps({ qbittorrent, ntfy, seed, read }: Parts) {
  let added = 0;
  const status = async () => JSON.parse(await read('status')) as Status;
  const messages = (topic = TOPIC) => ntfy.messages(topic);
  const isOver = async (): Promise<boolean> => {
    const samples = readSamples(await read('metrics'));
    // A scan can find one before its hook arrives.
    const hooks = ['started', 'already'].map((answer) =>
      samples.get(`qbit_ntfy_hook_requests_total{answer="${answer}",hook="track"}`),
    );
    const list = await qbittorrent.list();
    return (
      hooks.reduce((sum = 0, count = 0) => sum + count) === added &&
      list.every(({ progress }) => progress === 1) &&
      (await status()).torrents.length === 0 &&
      samples.get('qbit_ntfy_outbox_waiting') === 0
    );
  };
  return {
    status,
    messages,
    async add({ name, size, ...extras }: Addition): Promise<SeededTorrent> {
      const { tracker, private: isPrivate, pieceLength, ...form } = extras;
      const torrent = seed.serve(name, size, 'v1', { tracker, private: isPrivate, pieceLength });
      await qbittorrent.addTorrent(torrent.file, { ...form });
      added += 1;
      return torrent;
    },
    async untilOver(): Promise<void> {
      await until('all is over', isOver, { every: 200 });
    },
    async sent({ hash }: SeededTorrent, topic?: string): Promise<string[]> {
      const own = (await messages(topic)).filter(
        ({ event, sequence_id: id }) => event === 'message' && id?.startsWith(`qbit-${hash}`) === true,
      );
      const kinds = own.map(({ sequence_id: id = '', priority = 3 }) => {
        const kind = KINDS.get(id.slice(`qbit-${hash}`.length));
        return `${kind ?? assert.fail(`an unknown kind: ${id}`)}=${priority}`;
      });
      return [...new Set(kinds)];
    },
  };
}
