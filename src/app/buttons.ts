/** The parts behind the buttons of cards. */
import { DONE } from '../../machines/remote/executing.ts';
import type { ExecuteInput, Execution } from '../../machines/remote/machine.ts';
import type { RemoteOptions } from '../../machines/remote/presses.ts';
import { isOtherRound } from '../../machines/remote/record.ts';
import type { Failure } from '../../machines/domain.ts';
import type { Config } from '../config/index.ts';
import type { ButtonOptions } from '../ntfy/actions.ts';
import type { NtfyClient } from '../ntfy/client.ts';
import type { QbittorrentClient } from '../qbittorrent/client.ts';
import { createCodec } from '../remote/codec.ts';
import { listen } from '../remote/listen.ts';
import type { Rejection } from '../remote/presses.ts';
import { prepareSigning } from '../remote/secret.ts';
import type { Store } from '../store/index.ts';
import { restoredRemote, saveRemoteChange } from '../store/remote.ts';
import type { RemoteActors } from './actors.ts';

/** Older presses have no effect. */
const FIRST_SINCE = '10m';

/** An exception of our own code must not end the process. */
const BUG: Failure = { kind: 'bug', message: 'a bug in this program' };

const OTHER_DOWNLOAD: Execution = { ok: true, value: { sharesFiles: null, isOtherDownload: true } };

export interface Buttons {
  /** For the cards. */
  card: ButtonOptions;
  /** The buttons of the cards that an earlier process has sent have no effect. */
  areEarlierInvalid: boolean;
  /** For the machines. */
  input: Pick<RemoteOptions, 'write' | 'stored'>;
  actors: (
    clients: { qbittorrent: QbittorrentClient; ntfy: NtfyClient },
    onRejected: (reason: Rejection) => void,
  ) => RemoteActors;
}

interface ButtonsOptions {
  config: Config;
  store: Store;
  instance: string;
}

/** Without `COMMAND_TOPIC` there are none: `null`. */
export function createButtons({ config, store, instance }: ButtonsOptions): Buttons | null {
  const { commands, ntfy } = config;
  if (commands === null) return null;
  const { isNew, ...signing } = prepareSigning({ store, configured: commands.secret });
  const codec = createCodec({ ...signing, instance });
  const { topic, url, token } = commands;
  return {
    card: { url, token, sign: codec.sign },
    areEarlierInvalid: isNew,
    input: { write: (change) => saveRemoteChange(store, change), stored: restoredRemote(store) },
    actors: (clients, onRejected) => ({
      listen(since, report) {
        const ending = new AbortController();
        const { signal } = ending;
        const end = (failure: Failure) => {
          if (!signal.aborted) report({ type: 'stream.failed', failure });
        };
        listen({
          ntfy,
          topic,
          codec,
          since: since ?? FIRST_SINCE,
          now: Date.now,
          signal,
          onOpen: () => report({ type: 'stream.opened' }),
          onPress: (press) => report({ type: 'press.received', press }),
          onCursor: (id) => report({ type: 'cursor.moved', id }),
          onRejected,
        }).then(end, () => end(BUG));
        return () => ending.abort();
      },
      execute: (input, signal) => execute(clients.qbittorrent, input, signal),
      support: (signal) => clients.ntfy.knowsSequences(signal),
    }),
  };
}

/** Between two polls a torrent can be deleted and added again: a button of before must not change the new download. */
async function execute(
  qbittorrent: QbittorrentClient,
  input: ExecuteInput,
  signal: AbortSignal,
): Promise<Execution> {
  const found = await qbittorrent.observe([input.hash], signal);
  if (!found.ok) return found;
  const isOther = found.value.some(({ addedAt }) => isOtherRound(input, addedAt));
  return isOther ? OTHER_DOWNLOAD : executeOn(qbittorrent, input, signal);
}

async function executeOn(
  qbittorrent: QbittorrentClient,
  { action, hash }: ExecuteInput,
  signal: AbortSignal,
): Promise<Execution> {
  switch (action) {
    case 'delete': {
      const shared = await qbittorrent.sharesFiles(hash, signal);
      return shared.ok ? { ok: true, value: { sharesFiles: shared.value } } : shared;
    }
    case 'pause':
    case 'resume':
    case 'reannounce':
    case 'recheck':
    case 'deleteTorrent':
    case 'deleteFiles': {
      const done = await qbittorrent.command({ action, hash }, signal);
      return done.ok ? DONE : done;
    }
    case 'mute':
    case 'unmute':
    case 'keep':
    case 'retry':
      return DONE;
  }
}
