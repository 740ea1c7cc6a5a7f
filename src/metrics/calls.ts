import type { Failure } from '../../machines/domain.ts';
import type { NtfyClient } from '../ntfy/client.ts';
import type { QbittorrentClient } from '../qbittorrent/client.ts';
import type { CallResult, QBITTORRENT_CALLS } from './labels.ts';

/** A finished call to qBittorrent or ntfy. */
export type Call =
  | ({ to: 'qbittorrent'; call: (typeof QBITTORRENT_CALLS)[number]; seconds: number } & CallOutcome)
  | ({ to: 'ntfy' } & CallOutcome);

interface CallOutcome {
  result: CallResult;
  /** `null` unless it failed. */
  failure: Failure | null;
}

export type OnCall = (call: Call) => void;

/** Wraps a client so that `onCall` is called after each of its calls. */
export function countQbittorrent(client: QbittorrentClient, onCall: OnCall): QbittorrentClient {
  const counted = async <R extends Answer>(
    call: (typeof QBITTORRENT_CALLS)[number],
    signal: AbortSignal | undefined,
    send: () => Promise<R>,
  ): Promise<R> => {
    const from = performance.now();
    const answer = await send();
    const seconds = (performance.now() - from) / 1000;
    onCall({ to: 'qbittorrent', call, seconds, ...outcomeOf(answer, signal) });
    return answer;
  };
  return {
    login: (signal) => counted('login', signal, () => client.login(signal)),
    observe: (hashes, signal) => counted('observe', signal, () => client.observe(hashes, signal)),
    list: (hashes, signal) => counted('list', signal, () => client.list(hashes, signal)),
    newest: (limit, signal) => counted('newest', signal, () => client.newest(limit, signal)),
    settings: (signal) => counted('settings', signal, () => client.settings(signal)),
    scan: (signal) => counted('scan', signal, () => client.scan(signal)),
    command: (command, signal) => counted('command', signal, () => client.command(command, signal)),
    sharesFiles: (hash, signal) => counted('sharesFiles', signal, () => client.sharesFiles(hash, signal)),
  };
}

/** Wraps a client so that `onCall` is called after each attempt to publish. */
export function countNtfy(client: NtfyClient, onCall: OnCall): NtfyClient {
  return {
    ...client,
    async publish(notification, options = {}) {
      try {
        const answer = await client.publish(notification, options);
        onCall({ to: 'ntfy', ...outcomeOf(answer, options.signal) });
        return answer;
      } catch (error) {
        onCall({ to: 'ntfy', result: 'bug', failure: null });
        throw error;
      }
    },
  };
}

type Answer = { ok: true } | { ok: false; failure: Failure };

/** An aborted call is not a failure of the server. */
function outcomeOf(answer: Answer, signal: AbortSignal | undefined): CallOutcome {
  if (answer.ok) return { result: 'ok', failure: null };
  if (signal?.aborted === true) return { result: 'aborted', failure: null };
  return { result: answer.failure.kind, failure: answer.failure };
}
