/** The lanes of what befalls the servers and the ways to them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosProxy, Passage, Trouble } from './proxy.ts';
import type { Random } from './random.ts';
import type { Scene } from './scene.ts';

const NTFY_EVENTS = { restart: 20, outage: 20, 'bad line': 60 } as const;
const QBITTORRENT_EVENTS = { restart: 15, outage: 15, 'bad line': 35, logout: 20, forgotten: 15 } as const;
const TROUBLES = { cut: 3, lost: 4, torn: 2, slow: 3, broken: 1 } as const;

/** What is to be awaited between two events, in milliseconds; it ends early when all is over. */
const pause = (random: Random, over: AbortSignal, least: number, most: number) =>
  sleep(random.between(least, most), undefined, { signal: over }).catch(() => {});

/** Restarts of ntfy, and a bad line to it. Fine weather when this resolves. */
export async function troubleNtfy(scene: Scene, random: Random, over: AbortSignal): Promise<void> {
  const { toNtfy, ntfy, journal } = scene;
  while (!over.aborted) {
    await pause(random, over, 500, 4000);
    const event = random.pick(NTFY_EVENTS);
    if (event === 'restart') {
      journal.note('ntfy restarted');
      await ntfy.restart();
    } else if (event === 'outage') await outage(scene, 'ntfy', toNtfy, random, over);
    else await badLine(scene, 'ntfy', toNtfy, random, over);
  }
}

/** Restarts of qBittorrent, sessions thrown away, and a bad line to it. Fine weather when this resolves. */
export async function troubleQbittorrent(scene: Scene, random: Random, over: AbortSignal): Promise<void> {
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
    else if (event === 'bad line') await badLine(scene, 'qBittorrent', toQbittorrent, random, over);
    else if (event === 'logout') await logOut(scene);
    else await forgetOnce(scene, random, over);
  }
}

async function outage(scene: Scene, name: string, proxy: ChaosProxy, random: Random, over: AbortSignal) {
  const length = random.between(300, 3500);
  scene.journal.note(`${name} out of reach`, `for ${Math.round(length)} ms`);
  await proxy.down();
  await pause(random, over, length, length);
  await proxy.up();
}

/** For some seconds a share of the requests meets trouble. */
async function badLine(scene: Scene, name: string, proxy: ChaosProxy, random: Random, over: AbortSignal) {
  const share = random.between(0.3, 1);
  const length = random.between(500, 3500);
  scene.journal.note(`bad line to ${name}`, `${Math.round(share * 100)} % for ${Math.round(length)} ms`);
  proxy.delay = () => random.between(200, 3000);
  proxy.fate = (passage) => {
    if (!random.chance(share)) return null;
    const trouble: Trouble = random.pick(TROUBLES);
    scene.journal.note(`${name}: ${trouble}`, describePassage(passage));
    return trouble;
  };
  await pause(random, over, length, length);
  proxy.fate = () => null;
}

/** The sidecar's own session is ended, as by a click on "Log out" with its cookie. */
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

/** One request comes without its cookie, so that qBittorrent answers 403. */
async function forgetOnce({ toQbittorrent, journal }: Scene, random: Random, over: AbortSignal) {
  toQbittorrent.fate = (passage) => {
    if (passage.path.includes('/auth/')) return null;
    toQbittorrent.fate = () => null;
    journal.note('cookie lost', describePassage(passage));
    return 'forgotten';
  };
  await pause(random, over, 1500, 2500);
  toQbittorrent.fate = () => null;
}

/** `POST /api/v2/torrents/info hashes=…`, with as much of the body as says what it is about. */
export function describePassage({ method, path, body }: Passage): string {
  const sequence = /"sequence_id":"([^"]*)"/.exec(body)?.[1];
  const words = path.includes('/auth/') ? '' : (sequence ?? body.slice(0, 100));
  return `${method} ${path} ${words}`.trim();
}
