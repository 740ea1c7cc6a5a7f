/** What the traffic proves about a torrent, and about the order of messages. */
import type { NtfyMessage } from '../servers/index.ts';
import { createPhone } from '../../src/simulator/index.ts';
import type { Download } from './torrents.ts';
import type { Run } from './engine.ts';
import type { ProxiedRequest } from './proxy.ts';

/** Milliseconds after which the sidecar has certainly stored an answer. */
export const STORED_AFTER = 2000;

export const progressOf = (hash: string): string => `qbit-${hash}`;
/** While many torrents download at once. */
export const SUMMARY = 'qbit-sum';
export const completionOf = (hash: string): string => `qbit-${hash}-done`;

export const sequenceOf = (message: NtfyMessage): string => message.sequence_id ?? message.id;

/** How the sidecar detected a torrent after it was added last: by its hook, by a scan, or never. */
export function knownBy(run: Run, { torrent: { hash }, addedAt }: Download): 'hook' | 'scan' | null {
  const since = addedAt.at(-1) ?? 0;
  const hasHook = run.toSidecar.some(
    ({ path, at, status }) => at >= since && path.includes(hash) && status === 200,
  );
  if (hasHook) return 'hook';
  // It requests only tracked torrents by hash.
  const isRequested = run.toQbittorrent.some(
    ({ body, at, hashes }) =>
      at >= since && body.startsWith('hashes=') && body.includes(hash) && hashes.includes(hash),
  );
  return isRequested || wasFound(run, hash, since) ? 'scan' : null;
}

/** Whether a scan found it as unfinished, and the process that scanned had time to store that. */
function wasFound(run: Run, hash: string, since: number): boolean {
  return run.toQbittorrent.some((first, index) => {
    if (first.body !== 'filter=downloading' || first.at < since || !first.hashes.includes(hash)) return false;
    const processRun = processAt(run, first.at);
    // A scan is three requests with different filters, and all of them have to be answered.
    const others = run.toQbittorrent.slice(index + 1).filter(({ body }) => body.startsWith('filter='));
    const scan = [first, ...others.slice(0, 2)];
    return (
      scan.map(({ body }) => body).join() === 'filter=downloading,filter=checking,filter=moving' &&
      scan.every(
        ({ deliveredAt }) => (deliveredAt ?? Infinity) + STORED_AFTER < (processRun?.endedAt ?? Infinity),
      )
    );
  });
}

/** Whether the user removed it so late that it may count as complete. */
export const isLate = ({ removedAtProgress }: Download): boolean => (removedAtProgress ?? 0) > 0.9;

/**
 * The topic's messages in the order in which a phone receives them. ntfy sorts by the second; within a second, the
 * order in which the proxy saw them accepted decides.
 */
export function inOrder({ messages, toNtfy }: Pick<Run, 'messages' | 'toNtfy'>): NtfyMessage[] {
  const order = new Map(toNtfy.map(({ reply }, index) => [idOf(reply), index]));
  const rank = ({ id }: NtfyMessage) => order.get(id) ?? Infinity;
  return messages.toSorted((a, b) => a.time - b.time || Math.sign(rank(a) - rank(b)) || 0);
}

const idOf = (reply: string): string => /"id":"([A-Za-z0-9]{12})"/.exec(reply)?.[1] ?? '';

/** How many sounds each sequence made. */
export function audibleSequences(messages: readonly NtfyMessage[]): string[] {
  const phone = createPhone();
  for (const message of messages) {
    const { event } = message;
    if (event !== 'poll_request') phone.receive({ ...message, event });
  }
  return phone.sounds.map(({ sequence_id, id }) => sequence_id ?? id);
}

/** The process that sent or received a request at this time. */
export function processAt(run: Run, at: number) {
  return run.processes.findLast(({ startedAt }) => startedAt <= at);
}

/** ntfy accepted it. */
export const isAccepted = ({ status }: ProxiedRequest): boolean => status >= 200 && status < 300;

/** The publishes of a sequence. */
export function publishesOf({ toNtfy }: Pick<Run, 'toNtfy'>, sequence: string): ProxiedRequest[] {
  return toNtfy.filter(({ body }) => body.includes(`"sequence_id":"${sequence}"`));
}

export const isLogin = ({ path }: ProxiedRequest): boolean => path.endsWith('/auth/login');
