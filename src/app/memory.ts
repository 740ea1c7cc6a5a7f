import { selectTrackedCount } from '../../machines/supervisor/selectors.ts';
import type { SupervisorSnapshot } from '../../machines/supervisor/selectors.ts';
import type { Supervisor } from './status.ts';

/** Milliseconds of silence after the last event: what comes with a start or an end is over then. */
const SILENCE = 2000;

/**
 * Gives memory back once nothing is tracked any more, and once after the start. V8 collects when it needs room, and who
 * sleeps needs none: it would keep for months what the start left behind (4 MB), or ten thousand torrents.
 *
 * @param collect default: what `--expose-gc` shows, as the Dockerfile has it; nothing happens without it
 */
export function collectGarbageWhenIdle(supervisor: Supervisor, collect = globalThis.gc): void {
  if (collect === undefined) return;
  let untidy = true;
  let timer: NodeJS.Timeout | undefined;
  const tidy = () => {
    if (isBusy(supervisor.getSnapshot())) return;
    untidy = false;
    // Only this one gives pages back; it takes as long as three plain ones.
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  };
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(tidy, SILENCE).unref();
  };
  wait();
  supervisor.subscribe((snapshot) => {
    if (isBusy(snapshot)) untidy = true;
    else if (untidy) wait();
  });
}

const isBusy = (snapshot: SupervisorSnapshot): boolean => selectTrackedCount(snapshot) > 0;
