/**
 * How soon a change has to be on the disk: before the caller goes on; before anything else happens in the process;
 * within a second.
 */
export type Urgency = 'now' | 'soon' | 'later';

/** Gathers changes into few writes. It holds a timer only while there is something that may wait. */
export interface Batch {
  ask(urgency: Urgency): void;
  cancel(): void;
}

/**
 * So many urgent changes in one run of the process are written each by itself, the rest together when the run ends,
 * before any message could leave: a thousand torrents that finish between two polls would else be a thousand fsyncs,
 * on a slow disk 20 s in which nothing is answered.
 */
const URGENT_IN_A_RUN = 8;

const WRITE_DELAY = 1000;

/** `flush` writes all that is unsaved, whatever asked for it; `lasting`: so that it survives a power loss. */
export function createBatch(flush: (lasting: boolean) => void): Batch {
  let timer: NodeJS.Timeout | undefined;
  let inRun = false;
  let urgent = 0;
  let owed: 'nothing' | 'soon' | 'lasting' = 'nothing';

  const cancel = () => {
    clearTimeout(timer);
    timer = undefined;
    owed = 'nothing';
  };
  const write = (lasting: boolean) => {
    cancel();
    flush(lasting);
  };
  const endRun = () => {
    inRun = false;
    urgent = 0;
    if (owed !== 'nothing') write(owed === 'lasting');
  };
  return {
    ask(urgency) {
      if (urgency === 'later') {
        timer ??= setTimeout(() => write(false), WRITE_DELAY).unref();
        return;
      }
      if (!inRun) queueMicrotask(endRun);
      inRun = true;
      if (urgency === 'now' && urgent++ < URGENT_IN_A_RUN) write(true);
      else if (urgency === 'now') owed = 'lasting';
      else if (owed === 'nothing') owed = 'soon';
    },
    cancel,
  };
}
