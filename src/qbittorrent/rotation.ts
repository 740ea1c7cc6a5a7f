import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/index.ts';

/** A secret's file is looked at this often while the secret is refused, in milliseconds. */
const LOOK = 5000;

/** Resolves when the password or key is another one than now: its file was written anew. Rejects when aborted. */
export async function untilRotated(auth: Config['qbittorrent']['auth'], signal: AbortSignal): Promise<void> {
  const current = (): string | null => {
    if (auth.kind === 'password') return auth.password.reveal();
    return auth.kind === 'apiKey' ? auth.key.reveal() : null;
  };
  const refused = current();
  do await sleep(LOOK, undefined, { signal, ref: false });
  while (current() === refused);
}
