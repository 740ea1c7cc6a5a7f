/**
 * Fifty real sidecars on one real ntfy with its own limits, for `FLEET_MINUTES` (default 10): `npm run test:fleet`.
 * Its output is in docs/fleet.md.
 */
import assert from 'node:assert/strict';
import { ensureBundle } from '../../src/development/bundle.ts';
import { realTest, startNtfy, startProxy, until } from '../servers/index.ts';
import { removeFolder, temporaryFolder } from '../servers/processes.ts';
import { sleep } from '../servers/wait.ts';
import { membersOf } from './members.ts';
import { startFleet } from './pods.ts';
import type { Fleet } from './pods.ts';
import { report, reportMemory } from './report.ts';

const SIZE = Number(process.env['FLEET_SIZE'] ?? 50);
const MINUTES = Number(process.env['FLEET_MINUTES'] ?? 10);
const MINUTE = 60_000;
/** The time limit for the effects of a restart. */
const AFTER_RESTART = Math.min(5, MINUTES) * MINUTE;

realTest(
  `${SIZE} sidecars share one address: every completion arrives once, none exceeds its request rate, idle ones send no request`,
  { needs: ['ntfy current'], timeout: 3 * MINUTES * MINUTE + 60 * MINUTE },
  async (t) => {
    await ensureBundle();
    const folder = temporaryFolder('fleet');
    await using stack = new AsyncDisposableStack();
    stack.defer(() => removeFolder(folder));
    const ntfy = stack.use(await startNtfy('current'));
    const proxy = stack.use(await startProxy(ntfy.url));
    // Half as long as the run: each has some completions.
    const options = { size: SIZE, topic: `${proxy.url}/downloads`, folder, minutes: MINUTES / 2 };
    const began = Date.now();
    const fleet = stack.use(await startFleet(options));
    const kept = await Promise.all(fleet.pods.map(({ sidecar }) => sidecar.status()));
    assert.ok(
      kept.every(({ store }) => store.kind !== 'memory'),
      'each has its own folder',
    );
    await sleep(MINUTES * MINUTE);
    report(t, `working for ${MINUTES} minutes`, { fleet, requests: proxy.requests, from: began });
    reportMemory(t, 'working', fleet);
    const restarted = Date.now();
    await fleet.restart();
    await sleep(AFTER_RESTART);
    report(t, 'after all were restarted at once', {
      fleet,
      requests: proxy.requests,
      from: restarted,
    });

    fleet.rest();
    const isIdle = async () => {
      const statuses = await Promise.all(fleet.pods.map(({ sidecar }) => sidecar.status()));
      return statuses.every(({ torrents }) => torrents.length === 0);
    };
    await until('all are announced and none is tracked', isIdle, {
      deadline: MINUTES * MINUTE + 45 * MINUTE,
      every: 5000,
    });
    report(t, 'until the last was announced', { fleet, requests: proxy.requests, from: began });
    const before = proxy.requests.length + countRequests(fleet);
    await sleep(2 * MINUTE);
    reportMemory(t, 'idle', fleet);
    assert.equal(proxy.requests.length + countRequests(fleet), before, 'idle ones send no request');
    const members = membersOf(proxy.requests, SIZE);
    const completed = new Map(members.flatMap(({ completions }) => Array.from(completions)));
    assert.deepEqual([...completed.keys()].toSorted(), [...fleet.finishedAt.keys()].toSorted());
    for (const [sequence, times] of completed)
      assert.equal(times.length, 1, `${sequence} was announced twice`);
    const hours = (Date.now() - began) / (60 * MINUTE);
    const refused = members.map((member) => member.refused.length);
    assert.ok(Math.max(...refused) <= 10 + 10 * hours, `one was refused ${Math.max(...refused)} times`);
  },
);

/** The number of requests to all qBittorrents. */
const countRequests = ({ pods }: Fleet) =>
  pods.reduce((sum, { qbittorrent }) => sum + qbittorrent.requests.length, 0);
