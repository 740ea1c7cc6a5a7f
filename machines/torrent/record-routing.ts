/** The change of a record that the rules cause. */
import { routedBy } from '../routing/routed.ts';
import { recordButtonSet } from '../remote/record.ts';
import type { Routing } from '../routing/types.ts';
import { isTracked, mayHaveCard, withoutRoute, withRoute } from './record.ts';
import type { TorrentRecord } from '../domain.ts';
import type { RemovalNotice } from './removal.ts';

/**
 * The record of a torrent that the rules were asked about. If its progress card is not where they want it, it moves to
 * its topic, or is deleted. The same object where nothing changes.
 */
export function recordRouting(
  record: TorrentRecord,
  routing: Routing,
  name: string | null = null,
): TorrentRecord {
  if (!routing.isDecided || !isTracked(record)) return record;
  const { route, rule } = routing;
  const excluded = !routing.send.has('completion');
  const ifRemoved = removalNotice(record.ifRemoved, routing, name);
  const isSame =
    record.route === route &&
    record.rule === rule &&
    record.excluded === excluded &&
    record.ifRemoved === ifRemoved;
  return moveCard(isSame ? record : { ...record, route, rule, excluded, ifRemoved }, routing);
}

/** How a removal is announced; the same object if nothing changes: changes are compared by identity. */
function removalNotice(
  before: RemovalNotice | null,
  routing: Routing,
  name: string | null,
): RemovalNotice | null {
  if (!routing.send.has('removed')) return null;
  const notice: RemovalNotice = { name, ...routedBy(routing, 'removed') };
  const isSame =
    before !== null &&
    before.name === name &&
    before.route === notice.route &&
    before.rule === notice.rule &&
    before.priority === notice.priority;
  return isSame ? before : notice;
}

/** The record of a torrent whose progress card is to be deleted, while the torrent goes on. */
export const recordWithdrawal = (record: TorrentRecord): TorrentRecord => ({
  ...record,
  oldCards: withRoute(record.oldCards, record.cardRoute),
  shown: null,
  card: false,
  moving: false,
  remote: recordButtonSet(record.remote, 'progress', { buttons: undefined, addedAt: 0 }),
});

function moveCard(record: TorrentRecord, { route, send }: Routing): TorrentRecord {
  if (!mayHaveCard(record)) return record;
  const moving = send.has('progress');
  if (moving && record.cardRoute === route) return record;
  if (!moving) return recordWithdrawal(record);
  const oldCards = withRoute(record.oldCards, record.cardRoute);
  return {
    ...record,
    oldCards: withoutRoute(oldCards, route),
    shown: null,
    card: true,
    cardRoute: route,
    moving,
  };
}
