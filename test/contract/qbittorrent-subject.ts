/** A qBittorrent under contract, simulated or real, and the calls of the cases. */
import { randomBytes } from 'node:crypto';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import type { QbittorrentGeneration } from '../../src/simulator/index.ts';
import { startQbittorrent, startWebSeed, until } from '../servers/index.ts';
import type { TorrentExtras } from '../servers/index.ts';
import type { Case } from './contract.ts';
import { listOf, send } from './http.ts';
import type { Answer, Outgoing } from './http.ts';

export interface Options {
  bypassLocalAuth?: boolean;
  apiKey?: string;
}

export interface Subject extends AsyncDisposable {
  generation: QbittorrentGeneration;
  url: string;
  port: number;
  username: string;
  password: string;
  /** Adds a torrent that downloads in a second or two. */
  download: (extras?: TorrentExtras) => Promise<Download>;
}

export type QbittorrentCase = Case<Subject, QbittorrentGeneration, Options>;

/** What the cases download: a torrent that is not in use elsewhere. */
export interface Download {
  hash: string;
  name: string;
  size: number;
}

const SIZE = 1_000_000;
const RATE = 1_000_000;
const newName = () => `download-${randomBytes(4).toString('hex')}.bin`;

/** Starts one with a random password. */
export async function simulated(generation: QbittorrentGeneration, options: Options): Promise<Subject> {
  const simulator = await startQbittorrentSimulator({ generation, password: 'correct horse', ...options });
  return Object.assign(simulator, {
    generation,
    download: async ({ tracker = '', private: isPrivate = false }: TorrentExtras = {}) => {
      const torrent = { name: newName(), size: SIZE };
      const spec = { ...torrent, rate: RATE, tracker, private: isPrivate };
      return { hash: simulator.addTorrent(spec), ...torrent };
    },
  });
}

/** Its downloads come from a web seed. */
export async function real(generation: QbittorrentGeneration, options: Options): Promise<Subject> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startQbittorrent(generation, options));
  const seed = stack.use(await startWebSeed({ rate: RATE }));
  const all = stack.move();
  return Object.assign(server, {
    download: async (extras?: TorrentExtras) => {
      const torrent = seed.serve(newName(), SIZE, 'v1', extras);
      await server.addTorrent(torrent.file);
      return torrent;
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  });
}

/** 5.2 changed most answers. */
export const isModern = ({ generation }: Subject): boolean => generation === 'current';

/** A call of the WebAPI without a session. */
export const call = (subject: Subject, path: string, outgoing?: Outgoing): Promise<Answer> =>
  send(`${subject.url}/api/v2/${path}`, outgoing);

/** A login with these credentials; by default the right ones. */
export function tryLogin(
  subject: Subject,
  { username = subject.username, password = subject.password, headers = {} } = {},
): Promise<Answer> {
  return call(subject, 'auth/login', { method: 'POST', form: { username, password }, headers });
}

/** Whether a login was successful: 204 since 5.2, before 200 with a text. */
export const isIn = ({ status, text }: Answer): boolean =>
  status === 204 || (status === 200 && text === 'Ok.');

/** `name=value` of the cookie that an answer sets, or ''. */
export const cookieOf = ({ headers }: Answer): string => headers['set-cookie']?.[0]?.split(';')[0] ?? '';

/** A client that is logged in. */
export interface Session {
  cookie: string;
  get: (path: string, headers?: Record<string, string>) => Promise<Answer>;
  post: (path: string, form?: Record<string, string>) => Promise<Answer>;
}

export async function openSession(subject: Subject): Promise<Session> {
  const cookie = cookieOf(await tryLogin(subject));
  return {
    cookie,
    get: (path, headers = {}) => call(subject, path, { headers: { cookie, ...headers } }),
    post: (path, form = {}) => call(subject, path, { method: 'POST', form, headers: { cookie } }),
  };
}

/** A torrent ID that does not exist. */
export const newHash = (): string => randomBytes(20).toString('hex');

/** A magnet link as users paste it. */
export function magnet(hash: string, name?: string): string {
  const dn = name === undefined ? '' : `&dn=${encodeURIComponent(name)}`;
  return `magnet:?xt=urn:btih:${hash}${dn}`;
}

/** `torrents/info` by GET. */
export async function info(session: Session, query = ''): Promise<Record<string, unknown>[]> {
  return listOf((await session.get(`torrents/info${query}`)).text);
}

/** The IDs in the answer of `torrents/info`, sorted: qBittorrent guarantees no order. */
export async function hashes(session: Session, query = ''): Promise<string[]> {
  return (await info(session, query)).map(({ hash }) => String(hash)).toSorted();
}

/**
 * Adds magnets and waits until they are listed: the answer to an add may come before its torrents
 * (seen in 1 of 15 adds, in all versions).
 */
export async function addMagnets(
  session: Session,
  magnets: string[],
  form: Record<string, string> = {},
): Promise<Answer> {
  const answer = await session.post('torrents/add', { urls: magnets.join('\n'), ...form });
  for (const url of magnets) {
    const hash = /btih:(.{40})/.exec(url)?.[1] ?? '';
    await until('an added torrent is listed', async () => (await hashes(session)).includes(hash));
  }
  return answer;
}
