/**
 * Whatever a server does, each request of the sidecar settles within its time limit, and every command prints a
 * message.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import type { RequestListener } from 'node:http';
import { describe, test } from 'node:test';
import { LIST_TIMEOUT } from '../../machines/watchdog.ts';
import { ensureBundle } from '../../src/development/bundle.ts';
import { createConnection } from '../../src/qbittorrent/connection.ts';
import { createQbittorrentClient } from '../../src/qbittorrent/client.ts';
import { readSlots, writeSlots } from '../../src/qbittorrent/preferences.ts';
import { completionOf, hashOf } from '../machines/fixtures.ts';
import { serve } from './server.ts';
import { clientOf, cardDelete } from '../ntfy/clients.ts';
import { password } from '../qbittorrent/clients.ts';
import { startListening } from '../remote/listening.ts';

const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n';

const SERVERS: Readonly<Record<string, RequestListener>> = {
  'switches to another protocol': ({ socket }) => void socket.write(SWITCH),
  'closes before the headers': ({ socket }) => void socket.destroy(),
  'closes within the headers': ({ socket }) => void socket.end('HTTP/1.1 200 OK\r\nContent-'),
  'closes within the body': (incoming, outgoing) => {
    outgoing.writeHead(200, { 'content-length': '1000' });
    outgoing.write('[', () => incoming.socket.destroy());
  },
  'is silent': () => {},
  'is silent within the headers': ({ socket }) => void socket.write('HTTP/1.1 200 OK\r\nContent-'),
  'is silent within the body': (_, outgoing) => void outgoing.writeHead(200).write('['),
};

const failed = async (result: Promise<{ ok: boolean }>) => !(await result).ok;

/** Each kind of request; its result is whether it failed. */
function callsTo(url: string): Record<string, () => Promise<boolean>> {
  const config = { url, auth: password('secret') };
  const connection = createConnection(config);
  const qbittorrent = createQbittorrentClient(config, connection);
  const ntfy = clientOf({ url });
  const slot = { enabled: true, program: 'true' };
  return {
    login: () => failed(qbittorrent.login()),
    poll: () => failed(qbittorrent.observe([hashOf(1)])),
    list: () => failed(qbittorrent.list([hashOf(1)])),
    newest: () => failed(qbittorrent.newest(50)),
    scan: () => failed(qbittorrent.scan()),
    command: () => failed(qbittorrent.command({ action: 'pause', hash: hashOf(1) })),
    recheck: () => failed(qbittorrent.command({ action: 'recheck', hash: hashOf(1) })),
    'shared files': () => failed(qbittorrent.sharesFiles(hashOf(1))),
    preferences: () => failed(qbittorrent.settings()),
    'hook lines': () => failed(readSlots(connection)),
    setPreferences: () => failed(writeSlots(connection, { finished: slot })),
    publish: () => failed(ntfy.publish(completionOf(hashOf(1)))),
    delete: () => failed(ntfy.publish(cardDelete)),
    'last update of a card': () => failed(ntfy.publish(cardDelete, { form: 'fixed' })),
    allowance: async () => (await ntfy.allowance()) === null,
    'support of sequence IDs': async () => (await ntfy.knowsSequences()) === null,
    'command topic': async () =>
      (await startListening(url, { silence: LIST_TIMEOUT }).failure).kind !== 'bug',
  };
}

/** A message that ntfy has accepted is delivered, even if the answer cannot be read. */
const NTFY = new Set(['publish', 'delete', 'last update of a card']);

for (const [title, answer] of Object.entries(SERVERS)) {
  describe(`with a server that ${title}`, () => {
    for (const name of Object.keys(callsTo('http://127.0.0.1:9'))) {
      test(`${name} fails within its time limit`, async (t) => {
        t.mock.timers.enable({ apis: ['setTimeout'] });
        const received = Promise.withResolvers<void>();
        await using server = await serve((incoming, outgoing) => {
          answer(incoming, outgoing);
          setImmediate(received.resolve);
        });
        const call = callsTo(server.url.slice(0, -1))[name]?.();
        await received.promise;
        // The sent data has arrived by then.
        for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
        t.mock.timers.tick(LIST_TIMEOUT);
        const isAccepted = NTFY.has(name) && title.endsWith('within the body');
        assert.equal(await call, !isAccepted);
      });
    }
  });
}

/** Runs Node to its end. */
const node = (args: string[], env: Record<string, string> = {}) =>
  new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
    execFile(process.execPath, args, { env: { PATH: process.env['PATH'], ...env } }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, out, err }),
    );
  });

describe('doctor', () => {
  for (const title of ['switches to another protocol', 'closes before the headers']) {
    test(`reports the problem, with exit status 1, where both servers do this: ${title}`, async () => {
      await using server = await serve(SERVERS[title] ?? (() => {}));
      const env = { QBIT_HOST: server.url, NTFY_TOPIC: `${server.url}topic` };
      const { code, out } = await node([await ensureBundle(), 'doctor'], env);
      assert.equal(code, 1);
      assert.match(out, /127\.0\.0\.1/);
    });
  }
});

test('a command that never settles ends with a message and exit status 70', async () => {
  const script =
    "import { failUnsettled } from './src/commands/unsettled.ts'; failUnsettled(new Promise(() => {}));";
  const { code, err } = await node(['--input-type=module', '--eval', script]);
  assert.deepEqual(
    [code, err.trim()],
    [70, 'The command ended without a result. This is a bug: please report it.'],
  );
});
