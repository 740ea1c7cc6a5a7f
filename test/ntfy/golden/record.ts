/** Records what ntfy receives in each scenario. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createNtfyClient } from '../../../src/ntfy/client.ts';
import { topic } from '../clients.ts';
import { flows } from './flows.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';

/** The requests of each scenario, head and body, as the server received them. */
export type Golden = Record<string, string[]>;

export const GOLDEN_FILE = new URL('golden.json', import.meta.url);

/** Milliseconds since 1970, of all clients. */
const NOW = Date.UTC(2026, 10, 23, 14, 32, 30);

/** The bytes are kept: a decoder that fails on invalid UTF-8, and leaves a byte order mark in place. */
const decode = (bytes: Buffer) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);

/** An ntfy that accepts each message, and the bytes of the requests. */
async function startRecorder() {
  const requests: string[] = [];
  const rejected: string[] = [];
  let chunks: Buffer[] = [];
  const server = createServer((incoming, outgoing) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (piece: string) => (body += piece));
    incoming.on('end', () => {
      requests.push(decode(Buffer.concat(chunks)));
      chunks = [];
      if (rejected.includes(incoming.method ?? '')) {
        outgoing.writeHead(403, { 'content-type': 'text/html' }).end('<html>Forbidden</html>');
        return;
      }
      const [, sequence] = /"sequence_id":"([^"]+)"/.exec(body) ?? [];
      outgoing.end(JSON.stringify({ id: 'x', sequence_id: sequence }));
    });
  });
  server.on('connection', (socket) => socket.on('data', (chunk: Buffer) => void chunks.push(chunk)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    rejected,
    /** The requests since the last call, without the port, which differs in each run. */
    take: () => requests.splice(0).map((text) => text.replace(`127.0.0.1:${port}`, 'ntfy.test')),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Publishes all scenarios to a recording server. */
export async function record(): Promise<Golden> {
  await using recorder = await startRecorder();
  const golden: Golden = {};
  for (const scenario of [...scenarios(), ...(await flows())]) {
    const { name, setup } = scenario;
    if (name in golden) throw new Error(`two scenarios are named ${name}`);
    recorder.rejected.splice(0, recorder.rejected.length, ...setup.rejected);
    await publish(scenario, `${recorder.url}${setup.path}`);
    golden[name] = recorder.take();
  }
  return golden;
}

async function publish({ name, notifications, form, setup }: Scenario, server: string): Promise<void> {
  const { auth, instance, timeZone, alerts } = setup;
  const client = createNtfyClient(
    { server, topic, auth, rate: null, retryMax: 0 },
    { instance, timeZone, ...(alerts === undefined ? {} : { alerts }) },
    { now: () => NOW },
  );
  for (const notification of notifications) {
    const publication = await client.publish(notification, { form });
    if (!publication.ok) throw new Error(`${name}: ${publication.failure.message}`);
  }
}
