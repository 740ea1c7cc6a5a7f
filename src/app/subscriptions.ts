import type { SupervisorEmitted } from '../../machines/supervisor/emitted.ts';
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/index.ts';
import { throttle } from '../util/throttle.ts';
import type { Supervisor } from './status.ts';

/** Called with each event that the supervisor emits. */
export type Subscriber = (event: SupervisorEmitted) => void;

/** Milliseconds between two log lines on exceptions at the same type of event. */
const BUG_INTERVAL = 60_000;

/**
 * Returns a function that makes listeners safe to call: it logs their exceptions as bugs, at most one a minute of each
 * type of event.
 */
export function createGuard(log: Logger) {
  const onBug = throttle(BUG_INTERVAL);
  return <E extends { type: string }>(listener: (event: E) => void) =>
    (event: E): void => {
      try {
        listener(event);
      } catch (error) {
        onBug(event.type, (suppressed) =>
          logBug(log, 'an event could not be logged, counted or shown', error, {
            event: event.type,
            suppressed,
          }),
        );
      }
    };
}

/**
 * Subscribes to the emitted events of the supervisor. An exception of a subscriber is logged as a bug: XState would
 * report it as an uncaught exception, which ends the process.
 */
export function subscribeTo(
  supervisor: Pick<Supervisor, 'on'>,
  subscribers: readonly Subscriber[],
  log: Logger,
): void {
  const guard = createGuard(log);
  for (const subscriber of subscribers) supervisor.on('*', guard(subscriber));
}
