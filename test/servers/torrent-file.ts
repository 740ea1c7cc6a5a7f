/** .torrent files: v1, v2-only and hybrid. */
import { createHash } from 'node:crypto';
import { bencode } from './bencode.ts';
import type { Bencodable } from './bencode.ts';
import { placeFiles } from './content.ts';
import type { Content, ContentFile, PlacedFile } from './content.ts';
import { describeV2 } from './torrent-v2.ts';

/** The info-hashes of a torrent. */
export type TorrentKind = 'v1' | 'v2' | 'hybrid';

/** The contents of a .torrent file. */
export interface TorrentSource {
  name: string;
  content: Content;
  /** Several files in a folder called `name`, a hybrid's in the order of their names; default: one file called `name`. */
  files?: readonly ContentFile[] | undefined;
  /** The web seed's URL; it ends with `/` for several files. */
  webSeed: string;
  /** Default `v1`. */
  kind?: TorrentKind | undefined;
  /** The URL of its tracker. Default: no tracker. */
  tracker?: string | undefined;
  /** Default `false`. */
  private?: boolean | undefined;
  /** Bytes. Default: 64 KiB, above 64 MiB 1 MiB. */
  pieceLength?: number | undefined;
}

/** A .torrent file and its IDs. */
export interface TorrentFile {
  /** Its ID in libtorrent 2: the truncated v2 info-hash if there is one, else the v1 info-hash. */
  hash: string;
  /** 40 lower-case hex digits. */
  v1: string | null;
  /** 64 lower-case hex digits. */
  v2: string | null;
  file: Uint8Array;
}

/** Builds a .torrent with a web seed. */
export function createTorrentFile(source: TorrentSource): TorrentFile {
  const { name, content, files, kind = 'v1', tracker } = source;
  const pieceLength = source.pieceLength ?? (content.size > 64 * 1024 * 1024 ? 1024 * 1024 : 64 * 1024);
  const placed = placeFiles(files ?? [{ path: name, bytes: content.size }]);
  const v2 = kind === 'v1' ? null : describeV2(placed, content, pieceLength);
  const info = {
    name,
    'piece length': pieceLength,
    ...(source.private === true ? { private: 1 } : {}),
    ...(kind === 'v2' ? {} : describeV1(placed, content, pieceLength, files !== undefined, kind)),
    ...(v2 === null ? {} : { 'meta version': 2, 'file tree': v2.fileTree }),
  };
  const hashOf = (algorithm: string) => createHash(algorithm).update(bencode(info)).digest('hex');
  const hashes = { v1: kind === 'v2' ? null : hashOf('sha1'), v2: v2 === null ? null : hashOf('sha256') };
  const layers = v2 === null ? {} : { 'piece layers': v2.pieceLayers };
  const announce = tracker === undefined ? {} : { announce: tracker };
  const file = bencode({ 'created by': 'tests', ...announce, info, ...layers, 'url-list': source.webSeed });
  return { hash: hashes.v2?.slice(0, 40) ?? hashes.v1 ?? '', ...hashes, file };
}

/** A magnet link without peers: it never gets metadata. */
export function createMagnet(hash: string, name?: string): string {
  return `magnet:?xt=urn:btih:${hash}${name === undefined ? '' : `&dn=${encodeURIComponent(name)}`}`;
}

type Dictionary = { [key: string]: Bencodable };

function describeV1(
  files: readonly PlacedFile[],
  content: Content,
  pieceLength: number,
  several: boolean,
  kind: TorrentKind,
): Dictionary {
  const runs =
    kind === 'hybrid' ? padded(files, pieceLength) : [{ start: 0, bytes: content.size, padding: 0 }];
  const pieces = Buffer.concat(runs.map((run) => hashPieces(run, content, pieceLength)));
  if (!several) return { length: content.size, pieces };
  const list = files.flatMap(({ path, bytes }, index): Dictionary[] => {
    const padding = kind === 'hybrid' ? (runs[index]?.padding ?? 0) : 0;
    const file = { length: bytes, path: path.split('/') };
    // BEP 47: padding files are not downloaded.
    return padding === 0 ? [file] : [file, { attr: 'p', length: padding, path: ['.pad', String(padding)] }];
  });
  return { files: list, pieces };
}

/** A part of the content that is cut into pieces separately, and the zeros after it. */
interface Run {
  start: number;
  bytes: number;
  padding: number;
}

/** Each file of a hybrid begins with a piece, as v2 requires: zeros fill up all but the last. */
function padded(files: readonly PlacedFile[], pieceLength: number): Run[] {
  return files.map(({ start, bytes }, index) => {
    const rest = bytes % pieceLength;
    return { start, bytes, padding: rest === 0 || index === files.length - 1 ? 0 : pieceLength - rest };
  });
}

function hashPieces({ start, bytes, padding }: Run, content: Content, pieceLength: number): Buffer {
  const hashes: Buffer[] = [];
  for (let at = 0; at < bytes; at += pieceLength) {
    const length = Math.min(pieceLength, bytes - at);
    const piece = createHash('sha1').update(content.read(start + at, length));
    if (length < pieceLength) piece.update(Buffer.alloc(padding));
    hashes.push(piece.digest());
  }
  return Buffer.concat(hashes);
}
