/** Between a change and its message, in milliseconds: many changes become one message. */
const GATHER = 250;

/** Between two signs of life, in milliseconds. They also bring what no actor tells of, as a budget that refills. */
const HEARTBEAT = 15_000;

/** When something is sent. */
export interface Pulse {
  /** Something moved: it is sent soon, with whatever else moves until then. */
  move(): void;
  /** No timer is left. */
  stop(): void;
}

/** @param send is called soon after each move, and now and then without one */
export function startPulse(send: (isHeartbeat: boolean) => void): Pulse {
  let gathering: NodeJS.Timeout | undefined;
  const heartbeat = setInterval(send, HEARTBEAT, true);
  return {
    move() {
      gathering ??= setTimeout(() => {
        gathering = undefined;
        send(false);
      }, GATHER);
    },
    stop() {
      clearInterval(heartbeat);
      clearTimeout(gathering);
    },
  };
}
