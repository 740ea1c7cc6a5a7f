import assert from 'node:assert/strict';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { membersOf, nameOf, spreadOf } from '../fleet/members.ts';
import type { Member } from '../fleet/members.ts';
import { realTest, startNtfy, startProxy, until } from '../servers/index.ts';
import { TOPIC } from './harness.ts';
import { startSidecar } from '../support/sidecar.ts';

const SIZE = 50;

realTest(
  'fifty sidecars behind one address send every completion, and back off from an ntfy that refuses them',
  { needs: ['ntfy current'] },
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const ntfy = stack.use(await startNtfy('current', { requestLimit: { burst: 30, replenish: '250ms' } }));
    const proxy = stack.use(await startProxy(ntfy.url));
    const add: Array<() => void> = [];
    for (let n = 0; n < SIZE; n += 1) {
      const qbittorrent = stack.use(await startQbittorrentSimulator());
      const sidecar = await startSidecar({
        QBIT_HOST: qbittorrent.url,
        QBIT_USER: qbittorrent.username,
        QBIT_PASS: qbittorrent.password,
        NTFY_TOPIC: `${proxy.url}/${TOPIC}`,
        NTFY_RATE: 'auto',
        INSTANCE_NAME: nameOf(n),
      });
      stack.defer(() => sidecar.stop());
      add.push(() => {
        // A new percent each second: ten times what ntfy accepts.
        const hash = qbittorrent.addTorrent({ name: `episode ${n}`, size: 15_000_000, rate: 1_000_000 });
        sidecar.supervisor.send({ type: 'torrents.track', hashes: [hash] });
      });
    }
    // At once, however long the sidecars take to start: together they exceed the limit.
    for (const addTorrent of add) addTorrent();
    const members = () => membersOf(proxy.requests, SIZE);
    await until('all are announced', () => members().every(({ completions }) => completions.size === 1), {
      every: 500,
    });
    const seen = members();
    t.diagnostic(`accepted of each (least / middle / 95th of 100 / most): ${spread(seen, 'accepted')}`);
    t.diagnostic(`answered 429: ${spread(seen, 'refused')}`);
    const all = seen.flatMap(({ accepted }) => accepted);
    const refused = seen.map((member) => member.refused.length);
    assert.ok(
      seen.every(({ completions }) => [...completions.values()].every((times) => times.length === 1)),
      'none twice',
    );
    assert.ok(Math.max(...refused) > 0, 'they sent more than the limit');
    assert.ok(Math.max(...refused) <= 6, `one received ${Math.max(...refused)} times`);
    const most = Math.max(...seen.map(({ accepted }) => accepted.length));
    assert.ok(most <= all.length / 5, `one had ${most} of ${all.length} messages`);
  },
);

const spread = (members: readonly Member[], what: 'accepted' | 'refused') =>
  spreadOf(members.map((member) => member[what].length));
