/** A web seed: torrents that download from this process over loopback, at a speed that the test sets. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { freePort } from './ports.ts';
import { createHolds } from './holds.ts';
import type { Holds } from './holds.ts';
import { createThrottle } from './throttle.ts';
import type { Throttle } from './throttle.ts';
import { createContent, placeFiles } from './content.ts';
import type { Content, ContentFile } from './content.ts';
import { createTorrentFile } from './torrent-file.ts';
import type { TorrentFile, TorrentKind, TorrentSource } from './torrent-file.ts';

/** A torrent of the web seed. */
export interface SeededTorrent extends TorrentFile {
  name: string;
  /** Bytes of all its files. */
  size: number;
}

/** What a torrent has beside its content. */
export type TorrentExtras = Pick<TorrentSource, 'tracker' | 'private' | 'pieceLength'>;

/** A running web seed. */
export interface WebSeed extends AsyncDisposable {
  url: string;
  /**
   * Creates a torrent and serves it: one file of this many bytes, or a folder of several files. The same name and
   * size give the same content, and with the same extras the same torrent. The name may contain any characters; paths of
   * several files are plain ASCII. Default: v1, not private, without a tracker.
   */
  serve(
    name: string,
    content: number | readonly ContentFile[],
    kind?: TorrentKind,
    extras?: TorrentExtras,
  ): SeededTorrent;
  /** Bytes per second over all connections; `Infinity` removes the limit. */
  setRate(bytesPerSecond: number): void;
  /** Pauses all downloads; after 20 s libtorrent closes the connection and reconnects 30 s later. */
  pause(): void;
  resume(): void;
  /**
   * Keeps back the last block (at most 16 KB) of a torrent until `release`. A few bytes every 5 s keep the download open
   * and above 0 bytes a second, so it ends within 2 s after its release: measured with 1,000 torrents on qBittorrent 5.1,
   * with its `max_connec` at -1 (default: 500).
   */
  hold(torrent: Pick<TorrentFile, 'hash'>): void;
  /** Sends the rest of a held torrent. */
  release(torrent: Pick<TorrentFile, 'hash'>): void;
  stop(): Promise<void>;
}

interface Served {
  hash: string;
  content: Content;
  /** The position of a file in the content, by request path. */
  files: Map<string, { start: number; bytes: number }>;
}

/** What a download has to pass. */
interface Valves {
  throttle: Throttle;
  holds: Holds;
}

const CHUNK = 16 * 1024;

/** Starts a web seed. `rate`: bytes per second over all connections, default unlimited. */
export async function startWebSeed(options: { rate?: number } = {}): Promise<WebSeed> {
  const served: Served[] = [];
  const throttle = createThrottle(options.rate);
  const holds = createHolds();
  const server = createServer((request, response) => {
    answer(served, { throttle, holds }, request, response).catch(() => response.destroy());
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${port}`;

  const stop = async (): Promise<void> => {
    throttle.open();
    holds.releaseAll();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    url,
    serve(name, content, kind, extras = {}) {
      const folder = `${url}/${served.length}/`;
      const { torrent, files } = createTorrent({ name, contents: content, folder, kind, extras });
      served.push({ hash: torrent.hash, ...files });
      return torrent;
    },
    setRate: (bytesPerSecond) => throttle.setRate(bytesPerSecond),
    pause: () => throttle.close(),
    resume: () => throttle.open(),
    hold: ({ hash }) => holds.hold(hash),
    release: ({ hash }) => holds.release(hash),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

interface TorrentRequest {
  name: string;
  contents: number | readonly ContentFile[];
  /** The URL of the torrent, with a trailing slash. */
  folder: string;
  kind: TorrentKind | undefined;
  extras: TorrentExtras;
}

function createTorrent({ name, contents, folder, kind, extras }: TorrentRequest) {
  const several = typeof contents !== 'number';
  const list = several ? contents : [{ path: '', bytes: contents }];
  const size = list.reduce((sum, { bytes }) => sum + bytes, 0);
  const content = createContent(`${name}\n${size}`, size);
  // One file: the URL is that of the file, whatever its name. Several: libtorrent adds `<name>/<path>`, and to a
  // v2-only file its name, since for libtorrent the zeros that fill up its last piece are a second file.
  const named = several ? `${name}/` : kind === 'v2' ? name : 'file';
  const path = `${new URL(folder).pathname}${named}`;
  const files: Served['files'] = new Map(placeFiles(list).map((file) => [`${path}${file.path}`, file]));
  const webSeed = named === 'file' ? `${folder}file` : folder;
  const source = { name, content, webSeed, files: several ? contents : undefined, kind, ...extras };
  const made = createTorrentFile(source);
  return { torrent: { ...made, name, size }, files: { content, files } };
}

async function answer(
  served: readonly Served[],
  valves: Valves,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = decodeURIComponent(request.url ?? '/');
  const source = served.find(({ files }) => files.has(path));
  const file = source?.files.get(path);
  if (source === undefined || file === undefined) {
    response.writeHead(404).end();
    return;
  }
  const [from, to] = parseRange(request.headers.range, file.bytes);
  const headers = {
    'content-length': to - from,
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
  };
  if (request.headers.range === undefined) response.writeHead(200, headers);
  else response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${to - 1}/${file.bytes}` });
  const range = { start: file.start + from, end: file.start + to };
  if (request.method !== 'HEAD') await send(source, range, valves, response);
  response.end();
}

async function send(
  { hash, content }: Served,
  { start, end }: { start: number; end: number },
  { throttle, holds }: Valves,
  response: ServerResponse,
) {
  for (let at = start; at < end && !response.destroyed; at += CHUNK) {
    const chunk = content.read(at, Math.min(CHUNK, end - at));
    await throttle.pass(chunk.length);
    const isLast = at + chunk.length === content.size;
    const sent = isLast ? await holds.pass(hash, chunk, response) : 0;
    if (response.destroyed) return;
    if (!response.write(chunk.subarray(sent))) await drained(response);
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.once('drain', go).once('close', go);
  });
}

/** `bytes=a-b` as [start, end), the end excluded; everything without such a header. */
function parseRange(header: string | undefined, size: number): [number, number] {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? '');
  if (match === null) return [0, size];
  const from = Number(match[1]);
  return [from, match[2] === '' ? size : Math.min(Number(match[2]) + 1, size)];
}
