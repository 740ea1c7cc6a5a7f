/** The peer with a login and a poll loop per torrent, as the bench controls it. */
import { sleep } from '../../servers/wait.ts';
import { startPeer } from './subjects.ts';
import type { Subject } from './subjects.ts';

export interface Loops extends Subject {
  /** Starts tracking these, each with a separate login. It resolves when all have logged in. */
  track(hashes: readonly string[]): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** How many logins and polls failed. */
  refused(): Promise<number>;
}

/** Pending logins: qBittorrent processes one after the other, and closes connections beyond some hundreds. */
const AT_ONCE = 20;

interface LoopsStatus {
  tracked: number;
  refused: number;
}

export async function startLoops(env: Record<string, string>): Promise<Loops> {
  const peer = await startPeer('per-torrent', env);
  const call = async (path: string): Promise<LoopsStatus> =>
    (await (await fetch(`http://127.0.0.1:${peer.port}${path}`)).json()) as LoopsStatus;
  let sent = 0;
  const open = async (): Promise<number> => {
    const { tracked, refused } = await call('/');
    if (refused > 0) throw new Error(`${refused} logins or polls of the loops were refused`);
    return sent - tracked;
  };
  return {
    ...peer,
    async track(hashes) {
      for (const hash of hashes) {
        while ((await open()) >= AT_ONCE) await sleep(50);
        await call(`/track?hash=${hash}`);
        sent += 1;
      }
      while ((await open()) > 0) await sleep(50);
    },
    pause: async () => void (await call('/pause')),
    resume: async () => void (await call('/resume')),
    refused: async () => (await call('/')).refused,
  };
}
