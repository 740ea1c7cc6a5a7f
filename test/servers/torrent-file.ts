/** v1 .torrent files with deterministic content, which never lies on a disk or whole in memory. */
import { createHash } from 'node:crypto';

/** One file of a torrent; `path` uses `/`. */
export interface ContentFile {
  path: string;
  bytes: number;
}

/** Deterministic bytes, readable from any offset. */
export interface Content {
  size: number;
  read(offset: number, length: number): Buffer;
}

type Bencodable = string | number | Buffer | Bencodable[] | { [key: string]: Bencodable };

const BLOCK = 16 * 1024;

/** The content that belongs to a seed: the same seed and size give the same bytes, so the same info-hash. */
export function createContent(seed: string, size: number): Content {
  const pattern = createHash('shake256', { outputLength: BLOCK }).update(seed).digest();
  const read = (offset: number, length: number): Buffer => {
    const end = Math.min(offset + length, size);
    const out = Buffer.alloc(Math.max(0, end - offset));
    for (let block = Math.floor(offset / BLOCK); block * BLOCK < end; block++) {
      const numbered = Buffer.from(pattern);
      numbered.writeUInt32BE(block); // so that no two pieces are alike
      const from = Math.max(offset - block * BLOCK, 0);
      numbered.copy(out, Math.max(block * BLOCK - offset, 0), from, Math.min(BLOCK, end - block * BLOCK));
    }
    return out;
  };
  return { size, read };
}

/** What a .torrent file is made of. */
export interface TorrentSource {
  name: string;
  content: Content;
  /** Several files in a folder called `name`; default: one file called `name`. */
  files?: readonly ContentFile[] | undefined;
  /** The web seed's URL; it ends with `/` for several files. */
  webSeed: string;
}

/** Builds a v1 .torrent with a web seed and no tracker; `hash` is its v1 info-hash, 40 lower-case hex digits. */
export function createTorrentFile(source: TorrentSource): { hash: string; file: Uint8Array } {
  const info = createInfo(source);
  const hash = createHash('sha1').update(bencode(info)).digest('hex');
  return { hash, file: bencode({ 'created by': 'tests', info, 'url-list': source.webSeed }) };
}

/** A magnet link that no one answers: it stays without metadata. */
export function createMagnet(hash: string, name?: string): string {
  return `magnet:?xt=urn:btih:${hash}${name === undefined ? '' : `&dn=${encodeURIComponent(name)}`}`;
}

function createInfo({ name, content, files }: TorrentSource): Bencodable {
  const pieceLength = content.size > 64 * 1024 * 1024 ? 1024 * 1024 : 64 * 1024;
  const layout: { [key: string]: Bencodable } =
    files === undefined
      ? { length: content.size }
      : { files: files.map(({ path, bytes }) => ({ length: bytes, path: path.split('/') })) };
  return {
    ...layout,
    name,
    'piece length': pieceLength,
    pieces: hashPieces(content, pieceLength),
    private: 1,
  };
}

function hashPieces(content: Content, length: number): Buffer {
  const hashes: Buffer[] = [];
  for (let offset = 0; offset < content.size; offset += length) {
    hashes.push(createHash('sha1').update(content.read(offset, length)).digest());
  }
  return Buffer.concat(hashes);
}

function bencode(value: Bencodable): Buffer {
  if (typeof value === 'number') return Buffer.from(`i${value}e`);
  if (typeof value === 'string') return bencode(Buffer.from(value));
  if (Buffer.isBuffer(value)) return Buffer.concat([Buffer.from(`${value.length}:`), value]);
  if (Array.isArray(value)) return Buffer.concat([Buffer.from('l'), ...value.map(bencode), Buffer.from('e')]);
  const keys = Object.keys(value).toSorted(); // bencode wants dictionaries sorted by key
  const pairs = keys.flatMap((key) => [bencode(key), bencode(value[key] ?? '')]);
  return Buffer.concat([Buffer.from('d'), ...pairs, Buffer.from('e')]);
}
