/** Failures of the servers and of the connections to them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosProxy, ProxiedRequest, Fault } from './proxy.ts';
import type { Random } from './random.ts';
import type { Scene } from './scene.ts';

const NTFY_EVENTS = { restart: 20, outage: 20, disturbance: 60 } as const;
const QBITTORRENT_EVENTS = { restart: 15, outage: 15, disturbance: 35, logout: 20, 'no cookie': 15 } as const;
const FAULTS = { cut: 3, lost: 4, torn: 2, slow: 3, broken: 1 } as const;

/** The pause between two events, in milliseconds; it ends early when the run is over. */
const pause = (random: Random, over: AbortSignal, least: number, most: number) =>
  sleep(random.between(least, most), undefined, { signal: over }).catch(() => {});

/** Restarts ntfy and disturbs the connection to it. No fault is active when this resolves. */
export async function disturbNtfy(scene: Scene, random: Random, over: AbortSignal): Promise<void> {
  const { toNtfy, ntfy, journal } = scene;
  while (!over.aborted) {
    await pause(random, over, 500, 4000);
    const event = random.pick(NTFY_EVENTS);
    if (event === 'restart') {
      journal.note('ntfy restarted');
      await ntfy.restart();
    } else if (event === 'outage') await outage(scene, 'ntfy', toNtfy, random, over);
    else await disturbConnection(scene, 'ntfy', toNtfy, random, over);
  }
}

/** Restarts qBittorrent, ends its sessions and disturbs the connection to it. No fault is active when this resolves. */
export async function disturbQbittorrent(scene: Scene, random: Random, over: AbortSignal): Promise<void> {
  const { toQbittorrent, qbittorrent, journal } = scene;
  while (!over.aborted) {
    await pause(random, over, 1500, 6000);
    const event = random.pick(QBITTORRENT_EVENTS);
    if (event === 'restart') {
      await scene.withQbittorrent(async () => {
        journal.note('qBittorrent restarted');
        await qbittorrent.restart();
      });
    } else if (event === 'outage') await outage(scene, 'qBittorrent', toQbittorrent, random, over);
    else if (event === 'disturbance')
      await disturbConnection(scene, 'qBittorrent', toQbittorrent, random, over);
    else if (event === 'logout') await logOut(scene);
    else await dropCookieOnce(scene, random, over);
  }
}

async function outage(scene: Scene, name: string, proxy: ChaosProxy, random: Random, over: AbortSignal) {
  const length = random.between(300, 3500);
  scene.journal.note(`${name} unavailable`, `for ${Math.round(length)} ms`);
  await proxy.down();
  await pause(random, over, length, length);
  await proxy.up();
}

/** Disturbs a share of the requests for some seconds. */
async function disturbConnection(
  scene: Scene,
  name: string,
  proxy: ChaosProxy,
  random: Random,
  over: AbortSignal,
) {
  const share = random.between(0.3, 1);
  const length = random.between(500, 3500);
  scene.journal.note(
    `disturbed connection to ${name}`,
    `${Math.round(share * 100)} % for ${Math.round(length)} ms`,
  );
  proxy.delay = () => random.between(200, 3000);
  proxy.faultFor = (request) => {
    if (!random.chance(share)) return null;
    const fault: Fault = random.pick(FAULTS);
    scene.journal.note(`${name}: ${fault}`, describeRequest(request));
    return fault;
  };
  await pause(random, over, length, length);
  proxy.faultFor = () => null;
}

/** Ends the sidecar's own session, as a "Log out" with its cookie. */
async function logOut(scene: Scene): Promise<void> {
  const { toQbittorrent, qbittorrent, journal } = scene;
  const cookie = toQbittorrent.cookies.at(-1);
  if (cookie === undefined) return;
  await scene.withQbittorrent(async () => {
    const answer = await fetch(`${qbittorrent.url}/api/v2/auth/logout`, {
      method: 'POST',
      headers: { cookie },
      signal: AbortSignal.timeout(30_000),
    });
    journal.note('session ended', String(answer.status));
  });
}

/** Removes the cookie of one request, so that qBittorrent answers 403. */
async function dropCookieOnce({ toQbittorrent, journal }: Scene, random: Random, over: AbortSignal) {
  toQbittorrent.faultFor = (request) => {
    if (request.path.includes('/auth/')) return null;
    toQbittorrent.faultFor = () => null;
    journal.note('cookie lost', describeRequest(request));
    return 'no cookie';
  };
  await pause(random, over, 1500, 2500);
  toQbittorrent.faultFor = () => null;
}

/** `POST /api/v2/torrents/info hashes=…`, with the relevant part of the body. */
export function describeRequest({ method, path, body }: ProxiedRequest): string {
  const sequence = /"sequence_id":"([^"]*)"/.exec(body)?.[1];
  const words = path.includes('/auth/') ? '' : (sequence ?? body.slice(0, 100));
  return `${method} ${path} ${words}`.trim();
}
