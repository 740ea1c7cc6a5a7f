import type { SnapshotFrom } from 'xstate';
import type { Failure, TorrentRecord } from '../domain.ts';
import { isTracked } from '../torrent/record.ts';
import type { remoteMachine } from './machine.ts';
import type { LastCommand } from './setup.ts';

type Snapshot = SnapshotFrom<typeof remoteMachine>;

/** The states of the command topic: `asleep` while no card has buttons, `backingOff` until the next attempt. */
export const TOPIC_STATES = ['asleep', 'connecting', 'listening', 'backingOff'] as const;

export type TopicState = (typeof TOPIC_STATES)[number];

/** Whether presses are received. */
export function selectTopicState({ value: { stream } }: Snapshot): TopicState {
  if (typeof stream === 'object') return stream.connected;
  // It is left at once, so it is never visible.
  return stream === 'deciding' ? 'asleep' : stream;
}

/** Why the command topic could not be read last; `null` while it is read, or need not be. */
export const selectTopicFailure = (snapshot: Snapshot): Failure | null =>
  selectTopicState(snapshot) === 'asleep' ? null : snapshot.context.failure;

/** Whether ntfy updates cards in place, which buttons need; `null` until it has answered. */
export const selectIsSupported = ({ context }: Snapshot): boolean | null => context.remote.isSupported;

/** How many torrents have a card with buttons. */
export const selectButtonCount = ({ context }: Snapshot): number => context.remote.active.size;

/** The command that was executed last; `null` if none was since the start. */
export const selectLastCommand = ({ context }: Snapshot): LastCommand | null => context.last;

/** The percent at which a torrent was muted; `null` if it is not, or is no longer because it is complete or removed. */
export const selectMutedPercent = (record: TorrentRecord): number | null =>
  isTracked(record) ? (record.remote?.muted?.percent ?? null) : null;
