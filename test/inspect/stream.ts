/** Reads an inspector's stream as its page does. */
import type { StatelyInspectionEvent } from '@statelyai/inspect';

export interface Stream {
  status: number;
  headers: Headers;
  /** All messages so far. */
  text: () => string;
  messages: () => StatelyInspectionEvent[];
  /** Resolves when the server ends it. */
  ended: Promise<void>;
  close: () => void;
}

export async function openStream(url: string, headers: Record<string, string> = {}): Promise<Stream> {
  const closing = new AbortController();
  const response = await fetch(`${url}/events`, { headers, signal: closing.signal });
  let text = '';
  const read = async () => {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += chunk;
  };
  return {
    status: response.status,
    headers: response.headers,
    text: () => text,
    messages: () => {
      // A message that is still being received has no end yet.
      const whole = text.split('\n\n').slice(0, -1);
      const data = whole
        .map((event) => /^data: (\{.*)$/m.exec(event)?.[1])
        .filter((line) => line !== undefined);
      return data.map((line) => JSON.parse(line) as StatelyInspectionEvent);
    },
    ended: read().catch(() => undefined),
    close: () => closing.abort(),
  };
}
