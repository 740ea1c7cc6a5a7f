import * as z from 'zod';
import type { Config } from '../config/index.ts';
import { authorization } from '../ntfy/client.ts';
import type { NtfyEvent } from '../simulator/index.ts';

const event = z.object({
  id: z.string(),
  sequence_id: z.string().optional(),
  time: z.number(),
  event: z.enum(['message', 'message_clear', 'message_delete']),
  topic: z.string(),
  title: z.string().optional(),
  message: z.string().optional(),
  priority: z.number().optional(),
  tags: z.array(z.string()).optional(),
});

/** Subscribes to the topic as a phone does. Resolves when the stream is open. It is not reopened when it ends. */
export async function subscribe(
  { server, topic, auth }: Config['ntfy'],
  signal: AbortSignal,
  onEvent: (event: NtfyEvent) => void,
): Promise<void> {
  const response = await fetch(`${server}/${topic}/json?since=none`, {
    headers: authorization(auth),
    signal,
  });
  if (!response.ok || response.body === null) {
    throw new Error(`the demo cannot read the topic (${response.status}): its token needs read access`);
  }
  read(response.body, onEvent).catch(() => undefined);
}

async function read(body: ReadableStream<Uint8Array>, onEvent: (event: NtfyEvent) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const parsed = event.safeParse(JSON.parse(line === '' ? 'null' : line));
      // Other events of ntfy are `open` and `keepalive`.
      if (parsed.success) onEvent(parsed.data as NtfyEvent);
    }
  }
}
