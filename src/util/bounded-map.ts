/** The used part of a `Map` whose keys come from clients. */
export type BoundedMap<Key, Value> = Pick<Map<Key, Value>, 'get' | 'delete' | 'size'> & {
  set(key: Key, value: Value): void;
};

/**
 * Creates a map that deletes its oldest key when there would be more than `maxKeys`: clients that choose the keys cannot
 * use more memory than that.
 *
 * @example
 * const attempts = createBoundedMap<string, number>(1000);
 */
export function createBoundedMap<Key, Value>(maxKeys: number): BoundedMap<Key, Value> {
  const entries = new Map<Key, Value>();
  return {
    get: (key) => entries.get(key),
    delete: (key) => entries.delete(key),
    set(key, value) {
      entries.set(key, value);
      for (const oldest of entries.keys()) {
        if (entries.size <= maxKeys) break;
        entries.delete(oldest);
      }
    },
    get size() {
      return entries.size;
    },
  };
}
