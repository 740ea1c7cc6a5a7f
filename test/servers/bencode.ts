/** Bencoding, as .torrent files are written (BEP 3). */

/** The supported values. A `Map` is a dictionary whose keys are bytes, an object one whose keys are text. */
export type Bencodable =
  | string
  | number
  | Buffer
  | Bencodable[]
  | Map<Buffer, Bencodable>
  | { [key: string]: Bencodable };

/** Encodes a value; dictionaries are sorted by the bytes of their keys, as info-hashes need it. */
export function bencode(value: Bencodable): Buffer {
  if (typeof value === 'number') return Buffer.from(`i${value}e`);
  if (typeof value === 'string') return bencode(Buffer.from(value));
  if (Buffer.isBuffer(value)) return Buffer.concat([Buffer.from(`${value.length}:`), value]);
  if (Array.isArray(value)) return Buffer.concat([Buffer.from('l'), ...value.map(bencode), Buffer.from('e')]);
  const entries =
    value instanceof Map
      ? [...value]
      : Object.entries(value).map(([key, inner]) => [Buffer.from(key), inner] as const);
  const sorted = entries.toSorted(([a], [b]) => Buffer.compare(a, b));
  const parts = sorted.flatMap(([key, inner]) => [bencode(key), bencode(inner)]);
  return Buffer.concat([Buffer.from('d'), ...parts, Buffer.from('e')]);
}
