/** Forwards events to a receiver that is created later. */
export interface Relay<Event> {
  /** Forwards the event; before `connect` it is queued. */
  send(event: Event): void;
  connect(receiver: { send(event: Event): void }): void;
}

/** For two objects that send events to each other, one of which must be created first. */
export function createRelay<Event>(): Relay<Event> {
  let queue: Event[] = [];
  let send = (event: Event): void => {
    queue.push(event);
  };
  return {
    send: (event) => send(event),
    connect(receiver) {
      send = (event) => receiver.send(event);
      for (const event of queue) send(event);
      queue = [];
    },
  };
}
