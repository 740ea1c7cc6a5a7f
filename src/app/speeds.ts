import type { Hash, Observation } from '../../machines/domain.ts';
import { selectIsTracked } from '../../machines/supervisor/selectors.ts';
import type { Logger } from '../log/index.ts';
import { createSpeeds } from '../page/index.ts';
import type { Speeds } from '../page/index.ts';
import type { QbittorrentClient } from '../qbittorrent/client.ts';
import { createGuard } from './subscriptions.ts';
import type { Supervisor } from './status.ts';

/** What a poll has shown; named like an event, for the log. */
interface Poll {
  type: 'poll';
  asked: readonly Hash[];
  found: readonly Observation[];
}

/** The speeds for the page, and the client whose polls are added to them. An exception there does not concern the poll. */
export function withSpeeds(client: QbittorrentClient, log: Logger) {
  let supervisor: Supervisor | null = null;
  const speeds: Speeds = createSpeeds({
    isTracked: (hash) => supervisor !== null && selectIsTracked(supervisor.getSnapshot(), hash),
  });
  const add = createGuard(log)(({ asked, found }: Poll) => speeds.polled(asked, found, Date.now()));
  const polled: QbittorrentClient = {
    ...client,
    async observe(hashes, signal) {
      const result = await client.observe(hashes, signal);
      if (result.ok) add({ type: 'poll', asked: hashes, found: result.value });
      return result;
    },
  };
  return {
    client: polled,
    speeds: {
      ...speeds,
      /** Before the first poll: it knows which torrents are tracked. */
      connect(to: Supervisor): void {
        supervisor = to;
      },
    },
  };
}
