/**
 * Fifty real sidecars on one real ntfy with its own limits, for `FLEET_MINUTES` (default 10): `npm run test:fleet`.
 * What it prints stands in docs/fleet.md.
 */
import assert from 'node:assert/strict';
import { ensureBundle } from '../../src/development/bundle.ts';
import { realTest, startNtfy, startProxy, until } from '../servers/index.ts';
import { removeFolder, temporaryFolder } from '../servers/processes.ts';
import { sleep } from '../servers/wait.ts';
import { membersOf } from './members.ts';
import { startFleet } from './pods.ts';
import type { Fleet } from './pods.ts';
import { say, sayMemory } from './report.ts';

const SIZE = Number(process.env['FLEET_SIZE'] ?? 50);
const MINUTES = Number(process.env['FLEET_MINUTES'] ?? 10);
const MINUTE = 60_000;
/** For what comes of a restart. */
const AFTER_RESTART = Math.min(5, MINUTES) * MINUTE;

realTest(
  `${SIZE} sidecars share one address: every completion arrives once, none of them storms, idle ones ask nothing`,
  { needs: ['ntfy current'], timeout: 3 * MINUTES * MINUTE + 60 * MINUTE },
  async (t) => {
    await ensureBundle();
    const folder = temporaryFolder('fleet');
    await using stack = new AsyncDisposableStack();
    stack.defer(() => removeFolder(folder));
    const ntfy = stack.use(await startNtfy('current'));
    const proxy = stack.use(await startProxy(ntfy.url));
    // Half as long as the run: each has a few to tell.
    const options = { size: SIZE, topic: `${proxy.url}/downloads`, folder, minutes: MINUTES / 2 };
    const began = Date.now();
    const fleet = stack.use(await startFleet(options));
    const kept = await Promise.all(fleet.pods.map(({ sidecar }) => sidecar.status()));
    assert.ok(
      kept.every(({ store }) => store.kind !== 'memory'),
      'each has its own folder',
    );
    await sleep(MINUTES * MINUTE);
    say(t, `at work for ${MINUTES} minutes`, { fleet, requests: proxy.requests, from: began });
    sayMemory(t, 'at work', fleet);
    const restarted = Date.now();
    await fleet.restart();
    await sleep(AFTER_RESTART);
    say(t, 'after all were restarted at once', {
      fleet,
      requests: proxy.requests,
      from: restarted,
    });

    fleet.rest();
    const isQuiet = async () => {
      const following = await Promise.all(fleet.pods.map(({ sidecar }) => sidecar.status()));
      return following.every(({ torrents }) => torrents.length === 0);
    };
    await until('all are told and tidied up', isQuiet, {
      deadline: MINUTES * MINUTE + 45 * MINUTE,
      every: 5000,
    });
    say(t, 'until the last was told', { fleet, requests: proxy.requests, from: began });
    const before = proxy.requests.length + asked(fleet);
    await sleep(2 * MINUTE);
    sayMemory(t, 'idle', fleet);
    assert.equal(proxy.requests.length + asked(fleet), before, 'idle ones ask nothing of anybody');
    const members = membersOf(proxy.requests, SIZE);
    const told = new Map(members.flatMap(({ completions }) => Array.from(completions)));
    assert.deepEqual([...told.keys()].toSorted(), [...fleet.finishedAt.keys()].toSorted());
    for (const [sequence, times] of told) assert.equal(times.length, 1, `${sequence} was told twice`);
    const hours = (Date.now() - began) / (60 * MINUTE);
    const refused = members.map((member) => member.refused.length);
    assert.ok(Math.max(...refused) <= 10 + 10 * hours, `one was refused ${Math.max(...refused)} times`);
  },
);

/** What all qBittorrents were asked. */
const asked = ({ pods }: Fleet) =>
  pods.reduce((sum, { qbittorrent }) => sum + qbittorrent.requests.length, 0);
