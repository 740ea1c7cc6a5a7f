/** The v2 part of a torrent (BEP 52): a tree of names, and a SHA-256 tree over the blocks of each file. */
import { createHash } from 'node:crypto';
import type { Bencodable } from './bencode.ts';
import type { Content, PlacedFile } from './content.ts';

/** The part of a v2 torrent in `info`, and the part beside it. */
export interface V2 {
  fileTree: Bencodable;
  /** The hashes of the pieces, by the root of their file; files of one piece have none. */
  pieceLayers: Map<Buffer, Bencodable>;
}

const BLOCK = 16 * 1024;
const ABSENT = Buffer.alloc(32);

/** `pieceLength`: 16 KiB times a power of two. No file may be empty. */
export function describeV2(files: readonly PlacedFile[], content: Content, pieceLength: number): V2 {
  const root: { [key: string]: Bencodable } = {};
  const pieceLayers: V2['pieceLayers'] = new Map();
  for (const file of files) {
    const tree = hashTree(blockHashes(file, content));
    // A piece's hash is a node of the tree; padding nodes are omitted.
    const layer = tree[Math.log2(pieceLength / BLOCK)] ?? [];
    const top = tree.at(-1)?.[0] ?? ABSENT;
    const pieces = Math.ceil(file.bytes / pieceLength);
    if (pieces > 1) pieceLayers.set(top, Buffer.concat(layer.slice(0, pieces)));
    place(root, file.path.split('/'), { length: file.bytes, 'pieces root': top });
  }
  return { fileTree: root, pieceLayers };
}

/** The empty name marks a file. */
function place(
  folder: { [key: string]: Bencodable },
  [name = '', ...rest]: string[],
  file: Bencodable,
): void {
  if (rest.length === 0) {
    folder[name] = { '': file };
    return;
  }
  const inner = (folder[name] ??= {}) as { [key: string]: Bencodable };
  place(inner, rest, file);
}

function blockHashes({ start, bytes }: PlacedFile, content: Content): Buffer[] {
  const hashes: Buffer[] = [];
  for (let at = 0; at < bytes; at += BLOCK) {
    hashes.push(sha256(content.read(start + at, Math.min(BLOCK, bytes - at))));
  }
  return hashes;
}

/** All levels from the leaves to the root; zeros fill the leaves up to a power of two. */
function hashTree(leaves: readonly Buffer[]): Buffer[][] {
  const width = 2 ** Math.ceil(Math.log2(leaves.length));
  let level = [...leaves, ...Array.from({ length: width - leaves.length }, () => ABSENT)];
  const levels = [level];
  while (level.length > 1) {
    level = pairs(level).map((pair) => sha256(Buffer.concat(pair)));
    levels.push(level);
  }
  return levels;
}

function pairs(level: readonly Buffer[]): Buffer[][] {
  return Array.from({ length: level.length / 2 }, (_, index) => level.slice(2 * index, 2 * index + 2));
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
