import assert from 'node:assert/strict';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { realTest, startNtfy, startProxy, until, visibleCards } from '../servers/index.ts';
import type { Firewall } from '../servers/index.ts';
import { TOPIC } from './harness.ts';
import { startSidecar } from '../support/sidecar.ts';

const isDone = (sequence: string | undefined) => sequence?.endsWith('-done') === true;

const firewall: Firewall = ({ method, body }) => {
  if (method === 'DELETE') return 403;
  if (body.includes('union select')) return 403;
  return body.includes('etc-passwd') ? 502 : null;
};

realTest(
  'a firewall that rejects two names and DELETE: every completion arrives, and only the rejected ones lack their name',
  { needs: ['ntfy current'] },
  async () => {
    await using ntfy = await startNtfy('current', { requestLimit: 'none' });
    await using proxy = await startProxy(ntfy.url, { firewall });
    await using qbittorrent = await startQbittorrentSimulator();
    const log: string[] = [];
    const sidecar = await startSidecar(
      {
        QBIT_HOST: qbittorrent.url,
        QBIT_USER: qbittorrent.username,
        QBIT_PASS: qbittorrent.password,
        NTFY_TOPIC: `${proxy.url}/${TOPIC}`,
        NTFY_RETRY_MAX: '2s',
      },
      log,
    );
    const hashes = new Map<string, string>();
    const add = (name: string, seconds: number) => {
      const hash = qbittorrent.addTorrent({ name, size: 1_000_000 * seconds, rate: 1_000_000 });
      hashes.set(name, hash);
      sidecar.supervisor.send({ type: 'torrents.track', hashes: [hash] });
    };
    add('union select', 3);
    add('etc-passwd', 3);
    for (let n = 0; n < 5; n += 1) add(`healthy ${n}`, 4);
    // Another torrent always progresses: it shows that the server is not the cause.
    add('long', 300);

    const announced = async () =>
      (await ntfy.messages(TOPIC)).filter(({ sequence_id }) => isDone(sequence_id));
    await until(
      'all seven are announced',
      async () => new Set((await announced()).map((m) => m.sequence_id)).size === 7,
    );
    for (const [name, hash] of hashes) {
      const texts = (await announced()).filter(({ sequence_id }) => sequence_id === `qbit-${hash}-done`);
      if (name === 'long') continue;
      assert.equal(texts.length, 1, `${name} is announced once`);
      assert.match(
        texts[0]?.message ?? '',
        name.startsWith('healthy') ? /^healthy \d has finished/ : /^A download is complete: see the page\.$/,
      );
      assert.equal(texts[0]?.priority, 4);
    }
    await until('their progress cards have left the drawer', async () => {
      const cards = visibleCards(await ntfy.messages(TOPIC));
      return cards.every(
        ({ sequence_id }) => isDone(sequence_id) || sequence_id === `qbit-${hashes.get('long')}`,
      );
    });
    await sidecar.stop();
    // The number of simultaneous requests.
    assert.ok(proxy.requests.filter(({ method }) => method === 'DELETE').length <= 4);
    const lines = log.map((line) => JSON.parse(line) as Record<string, unknown>);
    const rejected = lines.filter(({ message }) =>
      /rejects a message, but accepts others/.test(String(message)),
    );
    assert.ok(rejected.length >= 4);
    for (const line of rejected) {
      assert.deepEqual(
        Object.keys(line).filter((field) => !['time', 'level', 'message', 'suppressed'].includes(field)),
        ['kind', 'key', 'reason', 'status', 'code', 'bytes'],
      );
    }
    assert.equal(lines.filter(({ message }) => /rejects DELETE/.test(String(message))).length, 1);
    assert.doesNotMatch(log.join(''), new RegExp(`/${TOPIC}|"${TOPIC}"`));
  },
);
