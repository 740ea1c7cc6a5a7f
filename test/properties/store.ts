/** The store of the model, which survives the process. */
import type { StoredNotices } from '../../machines/incident/notices.ts';
import type { EndedTorrent } from '../../machines/supervisor/ended.ts';
import type { RecentCompletion } from '../../machines/supervisor/recent-completions.ts';
import type { LeftCard } from '../../machines/supervisor/left-cards.ts';
import type { Sounds } from '../../machines/supervisor/sounds.ts';
import type { StoreEvent } from '../../machines/supervisor/types.ts';
import type { Hash, TorrentRecord } from '../../machines/domain.ts';
import { createDigestStore } from '../support/digest-store.ts';

/** What survives the process, as JSON. */
export function createStore() {
  const records = new Map<Hash, string>();
  const store = {
    records,
    incidentShown: false,
    sounds: {} as Sounds,
    notices: undefined as StoredNotices | undefined,
    leftCards: [] as readonly LeftCard[],
    digests: createDigestStore(),
    summaries: [] as readonly string[],
    /** The pending digest of quiet hours, as JSON. */
    quietDigest: 'null',
    recentCompletions: [] as RecentCompletion[],
    /** By time, hash and end, as in the table: the first entry stays. */
    history: new Map<string, EndedTorrent>(),
    /** Names of torrents whose completion was ever pending. */
    completions: new Set<string>(),
    save(event: StoreEvent) {
      if (event.type === 'record.delete') {
        records.delete(event.key);
        if (event.completed !== undefined) store.recentCompletions.push(event.completed);
        const { ended } = event;
        const name = `${ended?.at}-${ended?.hash}-${ended?.end}`;
        if (ended !== undefined && !store.history.has(name)) store.history.set(name, ended);
      } else if (event.type === 'incident.save') store.incidentShown = event.shown;
      else if (event.type === 'sounds.save') store.sounds = event.sounds;
      else if (event.type === 'notices.save') store.notices = event.notices;
      else if (event.type === 'leftCards.save') store.leftCards = event.leftCards;
      else if (event.type === 'summaries.save') store.summaries = event.routes;
      else {
        const { key, stage, finished } = event.record;
        records.set(key, JSON.stringify(event.record));
        if (stage === 'completing' && finished !== null && finished.name !== null)
          store.completions.add(finished.name);
      }
    },
    read: () => Array.from(records.values(), (text) => JSON.parse(text) as TorrentRecord),
  };
  return store;
}
