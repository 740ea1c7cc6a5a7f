import { selectTrackedCount } from '../../machines/supervisor/selectors.ts';
import type { SupervisorSnapshot } from '../../machines/supervisor/selectors.ts';
import type { Supervisor } from './status.ts';

/** Milliseconds without an event, after which the start or the last torrent's end is complete. */
const IDLE_DELAY = 2000;

/**
 * Collects garbage once after the start, and each time nothing is tracked any more. V8 collects only when it needs
 * memory, which an idle process does not: garbage of the start (4 MB) or of ten thousand torrents would stay for months.
 *
 * @param collect default: the function of `--expose-gc`, a flag in the Dockerfile; without it nothing happens
 */
export function collectGarbageWhenIdle(supervisor: Supervisor, collect = globalThis.gc): void {
  if (collect === undefined) return;
  let isDue = true;
  let timer: NodeJS.Timeout | undefined;
  const collectIfIdle = () => {
    if (isBusy(supervisor.getSnapshot())) return;
    isDue = false;
    // Only this flavor returns pages to the system; it takes as long as three other collections.
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  };
  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(collectIfIdle, IDLE_DELAY).unref();
  };
  schedule();
  supervisor.subscribe((snapshot) => {
    if (isBusy(snapshot)) isDue = true;
    else if (isDue) schedule();
  });
}

const isBusy = (snapshot: SupervisorSnapshot): boolean => selectTrackedCount(snapshot) > 0;
