/** Many downloads that complete within a minute: on a real qBittorrent, with an ntfy that has its default limits. */
import { hookLine } from '../../src/hooks/index.ts';
import { audibleSequences } from '../chaos/evidence.ts';
import {
  startNtfy,
  startProxy,
  startQbittorrent,
  startWebSeed,
  until,
  visibleCards,
} from '../servers/index.ts';
import type { NtfyMessage, Ntfy, Proxy, Qbittorrent, SeededTorrent, WebSeed } from '../servers/index.ts';
import { sleep } from '../servers/wait.ts';

export const TOPIC = 'downloads';
const INSTANCE = 'qbit';
/** Six blocks of the web seed, the last of which is held. */
const SIZE = 6 * 16 * 1024;

/** The servers, and the downloads that wait for their last bytes. */
export interface ManyDownloads extends AsyncDisposable {
  qbittorrent: Qbittorrent;
  ntfy: Ntfy;
  seed: WebSeed;
  torrents: readonly SeededTorrent[];
  /** Access and topic, for the environment of a sidecar. */
  env: Record<string, string>;
  /** Installs both hooks for the sidecar on this port, and adds all torrents in one call. */
  add(hookPort: number): Promise<void>;
  /**
   * Completes all evenly over this many seconds, at once with 0; resolves when all are notified, and the sidecar on this
   * operations port has nothing left to do.
   */
  complete(seconds: number, opsPort: number): Promise<ManyResult>;
}

/** The result. */
export interface ManyResult {
  /** Seconds from the last completion in qBittorrent until all were notified. Never underestimated. */
  lastAfter: number;
  /** Messages from the first completion on, deletions of cards included. */
  messages: number;
  /** Seconds from the first completion to the last message. */
  span: number;
  sounds: number;
  /** Messages that ntfy refused with 429. */
  refused: number;
  /** The names that have been notified, on their own cards or on a digest. */
  names: string[];
}

/** Starts the servers and holds so many torrents. */
export async function startManyDownloads(count: number): Promise<ManyDownloads> {
  await using stack = new AsyncDisposableStack();
  const ntfy = stack.use(await startNtfy('current'));
  const toNtfy = stack.use(await startProxy(ntfy.url));
  const qbittorrent = stack.use(await startQbittorrent('5.1', { refreshInterval: 1500 }));
  // By default it has at most 500 connections.
  await qbittorrent.setPreferences({ max_connec: -1 });
  const seed = stack.use(await startWebSeed());
  const torrents = Array.from({ length: count }, (_, n) => seed.serve(`episode ${n + 1}.mkv`, SIZE));
  for (const torrent of torrents) seed.hold(torrent);
  const parts = { qbittorrent, ntfy, toNtfy, seed, torrents };
  const owned = stack.move();
  return {
    ...parts,
    env: {
      QBIT_HOST: qbittorrent.url,
      QBIT_USER: qbittorrent.username,
      QBIT_PASS: qbittorrent.password,
      NTFY_TOPIC: `${toNtfy.url}/${TOPIC}`,
      INSTANCE_NAME: INSTANCE,
    },
    add: (hookPort) => add(parts, hookPort),
    complete: (seconds, opsPort) => complete(parts, seconds, opsPort),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A summary on the phone counts all of them. */
export const isSummarized = async ({ ntfy, torrents }: ManyDownloads): Promise<boolean> =>
  (await ntfy.messages(TOPIC)).some(({ title = '' }) => title.startsWith(`${torrents.length} downloads: `));

type Parts = Pick<ManyDownloads, 'qbittorrent' | 'ntfy' | 'seed' | 'torrents'> & { toNtfy: Proxy };

async function add({ qbittorrent, torrents }: Parts, hookPort: number): Promise<void> {
  const line = (slot: 'added' | 'finished') =>
    hookLine({ slot, url: `http://localhost:${hookPort}`, tool: 'curl', placeholder: '%K', token: null });
  await qbittorrent.setAddedHook(line('added'));
  await qbittorrent.setPreferences({ autorun_enabled: true, autorun_program: line('finished') });
  await qbittorrent.addTorrents(torrents.map(({ file }) => file));
}

async function complete(parts: Parts, seconds: number, opsPort: number): Promise<ManyResult> {
  const { ntfy, toNtfy, torrents } = parts;
  const [{ first, last }] = await Promise.all([downloaded(parts), releaseAll(parts, seconds)]);
  const messages = () => ntfy.messages(TOPIC);
  const all = async () => notified(await messages()) === torrents.length;
  await until('all are notified', all, { every: 200, deadline: 180_000 });
  const lastAfter = (Date.now() - last) / 1000;
  await until('nothing is left to do', () => isSettled(messages, opsPort), { every: 500 });
  const sent = toNtfy.requests.filter(({ method, at }) => method !== 'GET' && at >= first);
  return {
    lastAfter,
    messages: sent.length,
    span: ((sent.at(-1)?.at ?? first) - first) / 1000,
    sounds: audibleSequences(await messages()).length,
    refused: toNtfy.requests.filter(({ status }) => status === 429).length,
    names: await namesOf(await messages(), torrents, opsPort),
  };
}

async function releaseAll({ seed, torrents }: Parts, seconds: number): Promise<void> {
  const from = performance.now();
  for (const [n, torrent] of torrents.entries()) {
    const wait = from + (n * seconds * 1000) / torrents.length - performance.now();
    if (wait > 0) await sleep(wait);
    seed.release(torrent);
  }
}

/** When qBittorrent reported the first and the last completion: at the latest after the last poll before each. */
async function downloaded({ qbittorrent, torrents }: Parts): Promise<{ first: number; last: number }> {
  let first = Infinity;
  let last = Date.now();
  const poll = async () => {
    const at = Date.now();
    const done = (await qbittorrent.list()).filter(({ progress }) => progress === 1).length;
    if (done > 0) first = Math.min(first, last);
    if (done === torrents.length) return true;
    last = at;
    return false;
  };
  await until('all are downloaded', poll, { every: 250, deadline: 300_000 });
  return { first, last };
}

const isOwn = ({ sequence_id = '' }: NtfyMessage) => sequence_id.endsWith('-done');
const isDigest = ({ sequence_id = '' }: NtfyMessage) =>
  new RegExp(`^${INSTANCE}-d[0-9a-z]+$`).test(sequence_id);

/** Completions on the phone: those with their own cards, and those that the last form of each digest counts. */
function notified(messages: readonly NtfyMessage[]): number {
  const cards = visibleCards(messages);
  const counts = cards.filter(isDigest).map(({ title = '' }) => Number.parseInt(title, 10));
  return cards.filter(isOwn).length + counts.reduce((sum, count) => sum + count, 0);
}

interface Status {
  torrents: unknown[];
  outbox: { waiting: number; sending: number };
}

/** Without a kept connection, which the sidecar might close at this moment. */
const readJson = async (opsPort: number, path: string): Promise<unknown> =>
  (await fetch(`http://127.0.0.1:${opsPort}/${path}`, { headers: { connection: 'close' } })).json();

/** Nothing is tracked or waits, and the summary is deleted. */
async function isSettled(messages: () => Promise<NtfyMessage[]>, opsPort: number): Promise<boolean> {
  const { torrents, outbox } = (await readJson(opsPort, 'status')) as Status;
  const cards = visibleCards(await messages());
  return torrents.length + outbox.waiting + outbox.sending === 0 && cards.every(isCompletion);
}

const isCompletion = (message: NtfyMessage): boolean => isOwn(message) || isDigest(message);

/** The names on the cards. A digest lists some of its names and counts the others; the sidecar's page has all. */
async function namesOf(
  messages: readonly NtfyMessage[],
  torrents: readonly SeededTorrent[],
  opsPort: number,
): Promise<string[]> {
  const cards = visibleCards(messages);
  const sequences = new Set(cards.map(({ sequence_id }) => sequence_id));
  const own = torrents.filter(({ hash }) => sequences.has(`${INSTANCE}-${hash}-done`));
  const digests = cards.filter(isDigest).map(async ({ sequence_id = '' }) => {
    const id = sequence_id.slice(`${INSTANCE}-`.length);
    const { all } = (await readJson(opsPort, `digest?id=${id}`)) as { all: { name: string }[] };
    return all.map(({ name }) => name);
  });
  return [...own.map(({ name }) => name), ...(await Promise.all(digests)).flat()];
}
