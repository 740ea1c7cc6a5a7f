/** Milliseconds between a change and its message: changes within it are sent together. */
const BATCH_INTERVAL = 250;

/** Milliseconds between two heartbeats. They also send what changes without an event, such as the budget. */
const HEARTBEAT_INTERVAL = 15_000;

/** Calls `send` when messages are due. */
export interface Ticker {
  /** Something changed: sends soon. */
  schedule(): void;
  /** Stops all timers. */
  stop(): void;
}

/** @param send called soon after each `schedule`, and at each heartbeat */
export function startTicker(send: (isHeartbeat: boolean) => void): Ticker {
  let scheduled: NodeJS.Timeout | undefined;
  const heartbeat = setInterval(send, HEARTBEAT_INTERVAL, true);
  return {
    schedule() {
      scheduled ??= setTimeout(() => {
        scheduled = undefined;
        send(false);
      }, BATCH_INTERVAL);
    },
    stop() {
      clearInterval(heartbeat);
      clearTimeout(scheduled);
    },
  };
}
