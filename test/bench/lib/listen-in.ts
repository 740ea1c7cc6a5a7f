/** Hears what ntfy takes, the moment it takes it: a subscriber as a phone is one. */
import { createInterface } from 'node:readline';
import { get } from 'node:http';
import { PassThrough } from 'node:stream';
import { until } from '../../servers/wait.ts';

export interface Heard {
  /** `performance.now()` when it came. */
  at: number;
  event: string;
  sequence: string;
  message: string;
}

export interface Subscription extends Disposable {
  /** Everything since the subscription, oldest first. */
  heard: readonly Heard[];
  /** The first that is so, when it has come. */
  first: (what: string, is: (message: Heard) => boolean) => Promise<Heard>;
}

/** Subscribes to a topic; what is published from now on is heard. */
export async function subscribe(url: string, topic: string): Promise<Subscription> {
  const heard: Heard[] = [];
  let open = false;
  // From an address of its own, so that it takes nothing from the sidecar's allowance.
  const stream = get(`${url}/${topic}/json`, { agent: false, localAddress: '127.0.0.2' }, (response) => {
    response.on('error', () => {}); // its end is ours
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
        heard.push({ at, event: event ?? '', sequence: sequence ?? '', message });
    });
  });
  stream.on('error', () => {});
  await until('the subscription is open', () => open);
  return {
    heard,
    first: (what, is) => until(what, () => heard.find(is), { every: 5, deadline: 60_000 }),
    [Symbol.dispose]: () => stream.destroy(),
  };
}
