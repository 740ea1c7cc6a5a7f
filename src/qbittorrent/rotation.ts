import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/index.ts';

/** Milliseconds between two reads of a secret's file while the secret is refused. */
const CHECK_INTERVAL = 5000;

/** Detects that the password or API key differs from the one that was sent last, because its file changed. */
export function createRotation({ auth, basic }: Config['qbittorrent']) {
  const current = (): string => JSON.stringify([secretOf(auth)?.reveal(), basic?.password.reveal()]);
  let sent = current();
  return {
    /** Records the secrets that are sent; call it before each login. */
    recordSent(): void {
      sent = current();
    },
    /** Resolves when the secret has changed, also during the login. Rejects when aborted. */
    async until(signal: AbortSignal): Promise<void> {
      while (current() === sent) await sleep(CHECK_INTERVAL, undefined, { signal, ref: false });
    },
  };
}

function secretOf(auth: Config['qbittorrent']['auth']) {
  if (auth.kind === 'password') return auth.password;
  return auth.kind === 'apiKey' ? auth.key : null;
}
