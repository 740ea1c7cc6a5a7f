/** The buttons of cards in `/status` and on the page. */
import type { Failure } from '../../machines/domain.ts';
import {
  selectButtonCount,
  selectIsSupported,
  selectLastCommand,
  selectTopicFailure,
  selectTopicState,
} from '../../machines/remote/selectors.ts';
import type { TopicState } from '../../machines/remote/selectors.ts';
import type { ButtonAction } from '../../machines/remote/types.ts';
import { selectTorrent } from '../../machines/supervisor/selectors.ts';
import type { SupervisorSnapshot } from '../../machines/supervisor/selectors.ts';
import { selectObservation } from '../../machines/torrent/selectors.ts';

/** Names neither the command topic nor a command. */
export interface ButtonStatus {
  /** The state of the command topic. */
  state: TopicState;
  /** Why it could not be read last; `null` while it is read, or need not be. */
  failure: Failure | null;
  /** Whether ntfy updates cards in place, which buttons need; `null` until it has answered. */
  supported: boolean | null;
  /** How many torrents have a card with buttons. */
  torrents: number;
  /** The press that was executed last; `null` if none was since the start. */
  last: LastPress | null;
}

/** A press that was executed. */
export interface LastPress {
  /** The button. `delete` only asks for a confirmation. */
  action: ButtonAction;
  /** The hash by which its torrent was tracked first; for `retry`, the source of the incident. */
  key: string;
  /** `null` if the torrent is no longer tracked, or no poll has returned its name. */
  name: string | null;
  /** ISO 8601. */
  at: string;
  /** Why it was not done; `null`: it was. */
  failure: Failure | null;
}

/** The state of the buttons; `null` without `COMMAND_TOPIC`. */
export function buttonsOf(snapshot: SupervisorSnapshot): ButtonStatus | null {
  const { remote } = snapshot.children;
  if (remote === undefined) return null;
  const buttons = remote.getSnapshot();
  return {
    state: selectTopicState(buttons),
    failure: selectTopicFailure(buttons),
    supported: selectIsSupported(buttons),
    torrents: selectButtonCount(buttons),
    last: lastOf(snapshot, selectLastCommand(buttons)),
  };
}

function lastOf(
  snapshot: SupervisorSnapshot,
  last: ReturnType<typeof selectLastCommand>,
): ButtonStatus['last'] {
  if (last === null) return null;
  const { action, key, at, failure } = last;
  const torrent = selectTorrent(snapshot, key);
  const name = torrent === undefined ? null : (selectObservation(torrent)?.name ?? null);
  return { action, key, name, at: new Date(at).toISOString(), failure };
}
