/**
 * A phone (ntfy's Android app) or a browser (ntfy's web app) that reads a topic of a real ntfy and presses the buttons of its
 * cards. What the apps send: button-requests.ts; what they show: button-cards.ts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { streamMessages } from '../servers/ntfy-messages.ts';
import type { NtfyMessage } from '../servers/ntfy-messages.ts';
import { createButtonCards } from './button-cards.ts';
import { isSuccess, sendAction } from './button-requests.ts';
import type { StartedPress } from './button-cards.ts';
import type { ButtonApp } from './button-requests.ts';

export type { ShownCard } from './button-cards.ts';

/** The topic of the cards, and the app. */
export interface ButtonPhoneOptions {
  /** The address of ntfy on this machine, like `http://127.0.0.1:8080`. */
  ntfyUrl: string;
  topic: string;
  as: ButtonApp;
  /** The value of `Authorization` for reading the topic, like `Bearer tk_…`; default: none. Presses never carry it. */
  credentials?: string;
  /** The origin of the page of the web app; default: another one than that of any ntfy on this machine. */
  origin?: string;
}

/** How a press goes. */
export interface PressOptions {
  /**
   * When the app handles the answer: milliseconds after the press, or once a promise is fulfilled. Default:
   * `ANSWER_DELAY`.
   */
  answer?: number | Promise<unknown>;
}

/** The answer to a press, as the app saw it. */
export interface PressResult {
  ok: boolean;
  /** The status; `null`: no answer, or one that the browser withheld. */
  status: number | null;
}

/**
 * Milliseconds from a press until the app handles the answer: a slow mobile network, and less than the 1.1 s that the sidecar
 * waits before it shows a result. Android's redraw is modelled at that instant, however busy the machine is: an update that was
 * received before it is overwritten, a later one stays.
 */
export const ANSWER_DELAY = 1000;

/** Another visitor than the sidecar and the tests' reader, with its own limits at ntfy. */
const PHONE_ADDRESS = '127.0.0.3';

/** Milliseconds until the app connects again. */
const RECONNECT_DELAY = 200;

/**
 * A phone that is connected: it receives what is cached, and each message that is published from now on. Rejects when the topic
 * may not be read.
 */
export async function createButtonPhone(options: ButtonPhoneOptions) {
  const { as: app, origin = 'https://ntfy.example' } = options;
  const { receive, press: start, ...cards } = createButtonCards(app);
  const connection = connect(options, receive);
  await connection.opened;
  const underWay = new Map<string, Promise<PressResult>>();

  const textOf = (error: unknown): string =>
    app === 'android' && error instanceof Error ? error.message : String(error);

  async function perform(
    { action, answered }: StartedPress,
    at: number,
    { answer = ANSWER_DELAY }: PressOptions,
  ) {
    const sent = sendAction(app, action, { origin, localAddress: PHONE_ADDRESS });
    const status = await sent.catch(textOf);
    if (typeof answer === 'number') await sleep(Math.max(0, at + answer - performance.now()));
    else await answer;
    answered(status, typeof answer === 'number' ? at + answer : performance.now());
    return typeof status === 'number' ? { ok: isSuccess(status), status } : { ok: false, status: null };
  }

  return {
    ...cards,
    /** How often it has connected to ntfy. */
    connections: connection.count,
    /**
     * Presses a button of the card that is shown, by its label without the mark of a press; resolves when the app has handled
     * the answer. Another press while the first is under way has no effect on Android. Throws when there is no such button.
     */
    async press(sequence: string, label: string, pressing: PressOptions = {}): Promise<PressResult> {
      const at = performance.now();
      const started = start(sequence, label);
      const { id } = started.action;
      const running = app === 'android' ? underWay.get(id) : undefined;
      if (running !== undefined) return running;
      const result = perform(started, at, pressing);
      underWay.set(id, result);
      return result.finally(() => underWay.delete(id));
    },
    [Symbol.asyncDispose]: connection.close,
  };
}

export type ButtonPhone = Awaited<ReturnType<typeof createButtonPhone>>;

/** Reads until it is closed; after an interruption from the last message on, as the apps do. */
function connect(
  { ntfyUrl, topic, credentials: authorization }: ButtonPhoneOptions,
  receive: (message: NtfyMessage) => void,
) {
  const port = Number(new URL(ntfyUrl).port);
  const closing = new AbortController();
  const { signal } = closing;
  const first = Promise.withResolvers<void>();
  let count = 0;
  let since = 'all';
  const onOpen = () => {
    count += 1;
    first.resolve();
  };

  async function read(): Promise<void> {
    const stream = { port, topic, authorization, localAddress: PHONE_ADDRESS, since, signal, onOpen };
    for await (const message of streamMessages(stream)) {
      receive(message);
      since = message.id;
    }
  }

  async function readOn(): Promise<void> {
    while (!signal.aborted) {
      const fault = await read().then(
        () => new Error('ntfy ended the connection'),
        (error: unknown) => error,
      );
      first.reject(fault); // without effect once it was connected
      await sleep(RECONNECT_DELAY, undefined, { signal }).catch(() => {});
      if (count === 0) return;
    }
  }

  const reading = readOn();
  return {
    opened: first.promise,
    count: () => count,
    close: async (): Promise<void> => {
      closing.abort();
      await reading;
    },
  };
}
