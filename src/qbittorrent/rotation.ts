import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/index.ts';

/** A secret's file is looked at this often while the secret is refused, in milliseconds. */
const LOOK = 5000;

/** Resolves when the password or key is another one than now: its file was written anew. Rejects when aborted. */
export async function untilRotated(
  { auth, basic }: Config['qbittorrent'],
  signal: AbortSignal,
): Promise<void> {
  const current = (): string => JSON.stringify([secretOf(auth)?.reveal(), basic?.password.reveal()]);
  const refused = current();
  do await sleep(LOOK, undefined, { signal, ref: false });
  while (current() === refused);
}

function secretOf(auth: Config['qbittorrent']['auth']) {
  if (auth.kind === 'password') return auth.password;
  return auth.kind === 'apiKey' ? auth.key : null;
}
