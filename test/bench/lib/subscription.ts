/** Receives the messages that ntfy accepts, at once: a subscriber like a phone. */
import { createInterface } from 'node:readline';
import { get } from 'node:http';
import { PassThrough } from 'node:stream';
import { until } from '../../servers/wait.ts';

export interface Received {
  /** `performance.now()` when it arrived. */
  at: number;
  event: string;
  sequence: string;
  message: string;
}

export interface Subscription extends Disposable {
  /** Every message since the subscription, oldest first. */
  messages: readonly Received[];
  /** The first that matches, when it has arrived. */
  first: (what: string, is: (message: Received) => boolean) => Promise<Received>;
}

/** Subscribes to a topic; receives what is published from now on. */
export async function subscribe(url: string, topic: string): Promise<Subscription> {
  const messages: Received[] = [];
  let open = false;
  // From a separate address, so that it uses none of the sidecar's requests.
  const stream = get(`${url}/${topic}/json`, { agent: false, localAddress: '127.0.0.2' }, (response) => {
    response.on('error', () => {}); // ended by the test
    createInterface(response.pipe(new PassThrough())).on('line', (line) => {
      const at = performance.now();
      const {
        event,
        id,
        sequence_id: sequence = id,
        message = '',
      } = JSON.parse(line) as Record<string, string>;
      if (event === 'open') open = true;
      else if (event !== 'keepalive')
        messages.push({ at, event: event ?? '', sequence: sequence ?? '', message });
    });
  });
  stream.on('error', () => {});
  await until('the subscription is open', () => open);
  return {
    messages,
    first: (what, is) => until(what, () => messages.find(is), { every: 5, deadline: 60_000 }),
    [Symbol.dispose]: () => stream.destroy(),
  };
}
