/** The qBittorrent of the model: torrents that download, change their ID, and are removed and added again. */
import type { Failure, Hash, Observation, Phase, Result } from '../../machines/domain.ts';
import { hashOf, ok, seen } from '../machines/fixtures.ts';
import { inCategory } from '../support/rules.ts';

export type TorrentType = 'plain' | 'magnet' | 'hybridMagnet' | 'hybridFile';

interface Torrent {
  label: string;
  type: TorrentType;
  hash: Hash;
  phase: Phase;
  progress: number;
  finishedAt: number | null;
  /** Seconds. */
  addedAt: number;
  category: string;
}

/** A hybrid has a second hash, which becomes its ID when its metadata is available. */
export const hashesOf = (n: number): readonly [Hash, Hash] => [hashOf(2 * n), hashOf(2 * n + 1)];

export type QbitFault =
  | 'unauthorized'
  | 'unreachable'
  | 'hang'
  | 'broken'
  | 'protocol'
  | 'misdirected'
  | 'banned';
export type QbitRequest = 'login' | 'observe' | 'list' | 'scan' | 'command';

interface Fault {
  fault: QbitFault;
  requests: readonly QbitRequest[];
  until: number;
}

/**
 * @param now milliseconds of the simulation, for the duration of faults
 * @param category that of a new torrent
 */
export function createQbittorrent(now: () => number, category = '') {
  const torrents = new Map<number, Torrent>();
  const rounds = new Map<number, number>();
  const state: { fault: Fault | null; session: number } = { fault: null, session: 0 };

  const observe = (n: number, torrent: Torrent): Observation => {
    const [first, second] = hashesOf(n);
    const hybrid = torrent.type.startsWith('hybrid');
    const { hash, phase, progress, finishedAt, addedAt, category } = torrent;
    const name = phase === 'metadata' ? null : torrent.label;
    const known = { v1: first, v2: hybrid && hash === second ? second : null };
    const downloaded = phase === 'downloading' ? 1 + now() : 1;
    const labels = { name, ...inCategory(category) };
    return seen({ hash, phase, progress, finishedAt, addedAt, downloaded, ...labels, ...known });
  };
  const all = () => Array.from(torrents, ([n, torrent]) => observe(n, torrent));

  function change(n: number, how: (torrent: Torrent) => Partial<Torrent>): void {
    const torrent = torrents.get(n);
    if (torrent !== undefined) torrents.set(n, { ...torrent, ...how(torrent) });
  }

  return {
    torrents,
    state,
    change,
    /** A change that needs the metadata: with it a hybrid is listed under its second hash. */
    advance(n: number, how: (torrent: Torrent) => Partial<Torrent>) {
      const hybrid = torrents.get(n)?.type === 'hybridMagnet';
      change(n, (torrent) => ({ ...how(torrent), ...(hybrid ? { hash: hashesOf(n)[1] } : {}) }));
    },
    /** The fault of the current answer; `null`: none. */
    faultOf(request: QbitRequest): QbitFault | null {
      const { fault } = state;
      return fault !== null && now() < fault.until && fault.requests.includes(request) ? fault.fault : null;
    },
    answer(select: (torrent: Observation) => boolean): Result<Observation[]> {
      return ok(all().filter(select));
    },
    /** Adds a torrent, or adds it again after it was removed. Returns the ID that the hook receives. */
    add(n: number, type: TorrentType): Hash | null {
      if (torrents.has(n)) return null;
      const [first, second] = hashesOf(n);
      const round = (rounds.get(n) ?? 0) + 1;
      rounds.set(n, round);
      const hash = type === 'hybridFile' ? second : first;
      const phase = type === 'magnet' || type === 'hybridMagnet' ? 'metadata' : 'downloading';
      torrents.set(n, {
        label: `torrent ${n}, round ${round}`,
        type,
        hash,
        phase,
        progress: 0,
        finishedAt: null,
        addedAt: Math.floor(now() / 1000),
        category,
      });
      return hash;
    },
  };
}

export type Qbittorrent = ReturnType<typeof createQbittorrent>;

export const failureOf = (fault: QbitFault): { ok: false; failure: Failure } => {
  const kind = fault === 'hang' ? 'unreachable' : fault;
  return { ok: false, failure: { kind, message: kind } };
};
