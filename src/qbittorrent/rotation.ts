import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/index.ts';

/** A secret's file is looked at this often while the secret is refused, in milliseconds. */
const CHECK_INTERVAL = 5000;

/** Notices that the password or key is another one than the one that was shown last: its file was written anew. */
export function createRotation({ auth, basic }: Config['qbittorrent']) {
  const current = (): string => JSON.stringify([secretOf(auth)?.reveal(), basic?.password.reveal()]);
  let shown = current();
  return {
    /** A login begins. */
    noteShown(): void {
      shown = current();
    },
    /** Resolves when it is another one, also if the file changed during the login. Rejects when aborted. */
    async until(signal: AbortSignal): Promise<void> {
      while (current() === shown) await sleep(CHECK_INTERVAL, undefined, { signal, ref: false });
    },
  };
}

function secretOf(auth: Config['qbittorrent']['auth']) {
  if (auth.kind === 'password') return auth.password;
  return auth.kind === 'apiKey' ? auth.key : null;
}
