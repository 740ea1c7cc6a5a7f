/** Passes events on to a receiver that is made later. */
export interface Relay<Event> {
  /** Hands the event over; before there is a receiver, the event waits for it. */
  send(event: Event): void;
  connect(receiver: { send(event: Event): void }): void;
}

/** Joins two parts that need each other, so that neither names the other before it exists. */
export function createRelay<Event>(): Relay<Event> {
  let waiting: Event[] = [];
  let send = (event: Event): void => {
    waiting.push(event);
  };
  return {
    send: (event) => send(event),
    connect(receiver) {
      send = (event) => receiver.send(event);
      for (const event of waiting) send(event);
      waiting = [];
    },
  };
}
