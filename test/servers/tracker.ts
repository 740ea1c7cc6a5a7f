/** A tracker that knows no peers: qBittorrent reports the URL of one that has answered. */
import { createServer } from 'node:http';
import { bencode } from './bencode.ts';
import { freePort } from './ports.ts';

/** A running tracker. */
export interface Tracker extends AsyncDisposable {
  /** With a passkey. The path is `/announce`: on loopback libtorrent accepts no other. */
  url: string;
  passkey: string;
}

/** Starts a tracker on loopback. */
export async function startTracker(): Promise<Tracker> {
  const passkey = 'passkey-0123456789abcdef';
  const answer = bencode({ interval: 1800, peers: '' });
  const server = createServer((request, response) => {
    const isKnown = request.url?.startsWith(`/announce?passkey=${passkey}`) === true;
    if (isKnown) response.end(answer);
    else response.writeHead(404).end();
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}/announce?passkey=${passkey}`,
    passkey,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
