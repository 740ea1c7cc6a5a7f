/** Torrents whose last bytes a web seed keeps back. */
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** The held torrents, by hash. */
export interface Holds {
  hold(hash: string): void;
  release(hash: string): void;
  releaseAll(): void;
  /**
   * Resolves when a torrent is not held, or the stream has ended. Until then it writes a few bytes of the chunk every 5 s.
   *
   * @returns how many bytes of the chunk were written
   */
  pass(hash: string, chunk: Buffer, to: Writable): Promise<number>;
}

/** Milliseconds. After 20 s without data libtorrent closes the connection, and reconnects 30 s later. */
const TRICKLE_INTERVAL = 5000;
/** As many bytes as libtorrent needs to report a speed above 0: without one qBittorrent calls the download stalled. */
const TRICKLE = 32;

/** No torrent is held. */
export function createHolds(): Holds {
  const held = new Map<string, AbortController>();
  const release = (hash: string) => {
    held.get(hash)?.abort();
    held.delete(hash);
  };
  return {
    hold(hash) {
      if (!held.has(hash)) held.set(hash, new AbortController());
    },
    release,
    releaseAll() {
      for (const hash of held.keys()) release(hash);
    },
    async pass(hash, chunk, to) {
      let written = 0;
      for (let hold = held.get(hash); hold !== undefined && !to.destroyed; hold = held.get(hash)) {
        // The last byte stays: with it the download would be complete.
        const end = Math.min(written + TRICKLE, chunk.length - 1);
        if (end > written) to.write(chunk.subarray(written, end));
        written = end;
        await sleep(TRICKLE_INTERVAL, undefined, { signal: hold.signal }).catch(() => undefined);
      }
      return written;
    },
  };
}
