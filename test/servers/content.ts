/** Deterministic content, which is neither on a disk nor completely in memory. */
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

/** A file of a torrent, and its offset in the content. */
export interface PlacedFile extends ContentFile {
  start: number;
}

const BLOCK = 16 * 1024;

/** The content of a seed: the same seed and size give the same bytes, so the same info-hash. */
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

/** Files one after the other, without a gap. */
export function placeFiles(files: readonly ContentFile[]): PlacedFile[] {
  let start = 0;
  return files.map((file) => {
    const placed = { ...file, start };
    start += file.bytes;
    return placed;
  });
}
