/** The torrents of one simulated qBittorrent, their progress over time, and their hooks. */
import { advance, enter, isSettled, play, recheck } from './progress.ts';
import { createLabels } from './labels.ts';
import type { Labels } from './labels.ts';
import { createTorrent, rename, stepOf } from './torrent.ts';
import type { Torrent, TorrentSpec } from './torrent.ts';
import type { Step } from './script.ts';

/** Called with the torrent ID, as in `%K`. Exceptions are ignored, like a hook's exit status. */
export type Hook = (hash: string) => void | Promise<void>;

export interface Library {
  /** All torrents as they are now. */
  list: () => Torrent[];
  /** `null` if it exists already, which calls no hook. */
  add: (spec: TorrentSpec) => string | null;
  remove: (hash: string) => void;
  /** Replaces the torrent's remaining steps. */
  play: (hash: string, steps: Step[]) => void;
  /** Checks for 3 seconds, then continues; a stopped torrent is stopped again. */
  recheck: (hash: string) => void;
  /** Categories and tags. */
  labels: Labels;
  /** Bytes per second; 0 = no limit. */
  setLimit: (hash: string, limit: number) => void;
  changeId: (hash: string, newHash: string) => void;
  setStopped: (hash: string, stopped: boolean) => void;
  stop: () => void;
}

export interface LibraryOptions {
  now: () => number;
  onAdded: Hook | undefined;
  onFinished: Hook | undefined;
}

/** The real server runs its hook 15-80 ms after the add. */
const HOOK_DELAY_MS = 20;
const TICK_MS = 250;

/** Runs hooks after a delay; `stop` cancels the waiting ones. */
function createHooks() {
  const waiting = new Set<NodeJS.Timeout>();
  return {
    fire: (hook: Hook | undefined, hash: string) => {
      if (!hook) return;
      const run = async () => hook(hash);
      const timer = setTimeout(() => {
        waiting.delete(timer);
        run().catch(() => {});
      }, HOOK_DELAY_MS).unref();
      waiting.add(timer);
    },
    stop: () => waiting.forEach((timer) => clearTimeout(timer)),
  };
}

/** Calls `tick` repeatedly while it returns `true`. Its timer does not prevent the process from ending. */
function createTicker(tick: () => boolean) {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
  };
  const run = () => {
    if (!tick()) stop();
  };
  return {
    start: () => {
      timer ??= setInterval(run, TICK_MS).unref();
    },
    stop,
  };
}

/** The torrents change with the clock `now`; each access updates them. */
export function createLibrary({ now, onAdded, onFinished }: LibraryOptions): Library {
  const torrents = new Map<string, Torrent>();
  const hooks = createHooks();
  const labels = createLabels();
  let count = 0;

  /** Whether any torrent will still change. */
  const update = () => {
    let isChanging = false;
    for (const torrent of torrents.values()) {
      const before = stepOf(torrent).phase;
      advance(torrent, now());
      const { phase } = stepOf(torrent);
      if (phase === 'removed') torrents.delete(torrent.hash);
      if (phase === 'complete' && before !== 'complete') hooks.fire(onFinished, torrent.hash);
      isChanging ||= !isSettled(torrent);
    }
    return isChanging;
  };
  const ticker = createTicker(update);
  const change = (hash: string, act: (torrent: Torrent) => void) => {
    update();
    const torrent = torrents.get(hash.toLowerCase());
    if (torrent) act(torrent);
    ticker.start();
  };

  return {
    list: () => {
      update();
      return [...torrents.values()];
    },
    add: (spec) => {
      count += 1;
      const torrent = createTorrent(spec, count, now());
      if (torrents.has(torrent.hash)) return null;
      enter(torrent, now());
      labels.register(torrent);
      torrents.set(torrent.hash, torrent);
      hooks.fire(onAdded, torrent.hash);
      ticker.start();
      return torrent.hash;
    },
    labels,
    remove: (hash) => torrents.delete(hash.toLowerCase()),
    play: (hash, steps) => change(hash, (torrent) => play(torrent, steps, false)),
    recheck: (hash) => change(hash, recheck),
    setLimit: (hash, limit) => change(hash, (torrent) => Object.assign(torrent, { limit })),
    changeId: (hash, newHash) =>
      change(hash, (torrent) => {
        torrents.delete(torrent.hash);
        torrents.set(rename(torrent, newHash), torrent);
      }),
    setStopped: (hash, stopped) =>
      change(hash, (torrent) => Object.assign(torrent, { stopped, stopsAfterCheck: false })),
    stop: () => {
      ticker.stop();
      hooks.stop();
    },
  };
}
