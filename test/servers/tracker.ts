/** A tracker that knows no peers: qBittorrent reports the URL of one that has answered. */
import { createServer } from 'node:http';
import { bencode } from './bencode.ts';
import { freePort } from './ports.ts';

/** A running tracker. */
export interface Tracker extends AsyncDisposable {
  /** With a passkey. The path is `/announce`: on loopback libtorrent accepts no other. */
  url: string;
  passkey: string;
  /** The event of each announce, in their order; '' for a regular one. */
  announces: string[];
}

/** Starts a tracker on loopback. */
export async function startTracker(): Promise<Tracker> {
  const passkey = 'passkey-0123456789abcdef';
  const announces: string[] = [];
  // Without a minimum, qBittorrent 4.5 and 5.1 announce again after 30 s at the earliest.
  const answer = bencode({ interval: 1800, 'min interval': 1, peers: '' });
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://tracker');
    const isKnown = pathname === '/announce' && searchParams.get('passkey') === passkey;
    if (!isKnown) return void response.writeHead(404).end();
    announces.push(searchParams.get('event') ?? '');
    response.end(answer);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}/announce?passkey=${passkey}`,
    passkey,
    announces,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
