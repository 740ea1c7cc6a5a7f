/** A world with quiet hours from 22:00 to 07:00 UTC, in the evening, and what the phone shows of it. */
import type { DigestMember } from '../../../machines/digest/content.ts';
import type { Hash, Notification } from '../../../machines/domain.ts';
import type { StoredQuietDigest, Through } from '../../../machines/quiet/types.ts';
import { createQuietHours } from '../../../src/config/rules/quiet-hours.ts';
import { failure, HOUR, MINUTE, ok, SECOND } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';
import type { World, WorldOptions } from '../../support/world.ts';

type DigestNotification = Extract<Notification, { kind: 'digest' }>;

/** 21:00, an hour before it is quiet. */
export const EVENING = Date.UTC(2026, 0, 10, 21);

/** A night has many polls: fewer of them show the same. */
const policy = { pollInterval: 30 * SECOND, stallTime: MINUTE, stalledAfter: MINUTE, rate: null };

interface NightOptions extends WorldOptions {
  through?: readonly Through[];
  timeZone?: string;
  stored?: StoredQuietDigest;
}

export function startNight({ through = [], timeZone = 'UTC', stored, ...options }: NightOptions = {}) {
  const hours = createQuietHours({ from: '22:00', to: '07:00', through: [...through] }, timeZone);
  const saved: (StoredQuietDigest | null)[] = [];
  const world = startWorld({
    skew: EVENING,
    quietHours: {
      hours: () => hours,
      stored: stored ?? null,
      save: (digest) => void saved.push(structuredClone(digest)),
    },
    ...options,
    policy: { ...policy, ...options.policy },
  });
  const now = () => world.clock.now() + world.script.skew;
  return {
    ...world,
    /** What was stored of the digest, each time. */
    saved,
    now,
    /** Lets time pass until `23:30`, on the same or the next day. */
    async until(time: string) {
      const [hour = 0, minute = 0] = time.split(':').map(Number);
      const wanted = hour * HOUR + minute * MINUTE;
      const passed = now() % (24 * HOUR);
      await world.pass((wanted - passed + 24 * HOUR) % (24 * HOUR));
    },
  };
}

export type Night = ReturnType<typeof startNight>;

/** Starts a download whose card is shown. */
export async function download(night: Night, hash: Hash, name: string): Promise<void> {
  night.set(hash, { progress: 0.5, name, phase: 'downloading', finishedAt: null });
  night.track(hash);
  await night.pass(40 * SECOND);
}

/** Finishes a download; its completion is sent. */
export async function finish(night: Night, hash: Hash): Promise<void> {
  const finishedAt = Math.floor(night.now() / 1000);
  night.set(hash, { progress: 1, phase: 'complete', finishedAt });
  await night.pass(70 * SECOND);
}

/** No data arrives, for so long that there is an alert. */
export async function stall(night: Night, hash: Hash): Promise<void> {
  night.set(hash, { phase: 'stalled' });
  await night.pass(4 * MINUTE);
}

/** Data arrives again. */
export async function recover(night: Night, hash: Hash): Promise<void> {
  const { downloaded = 0 } = night.torrents.get(hash) ?? {};
  night.set(hash, { phase: 'downloading', downloaded: downloaded + 1 });
  await night.pass(90 * SECOND);
}

/** qBittorrent is away for so long that it is an incident. */
export async function leave(night: Night): Promise<() => Promise<void>> {
  const { observe } = night.script;
  night.script.observe = () => failure('unreachable');
  await night.pass(5 * MINUTE);
  return async () => {
    night.script.observe = observe;
    await night.pass(3 * MINUTE);
  };
}

export function loseNtfy({ script }: World): () => void {
  script.publish = () => failure('unreachable');
  return () => {
    script.publish = () => ok({ live: true });
  };
}

/** The digests that ntfy has accepted. */
export const digestsOf = ({ phone }: Pick<World, 'phone'>): DigestNotification[] =>
  phone.accepted.flatMap((notification) => (notification.kind === 'digest' ? [notification] : []));

/** What the digests list, in order: `completion debian.iso`. */
export const listed = (night: Pick<World, 'phone'>): string[][] =>
  digestsOf(night).map(({ lines }) => lines.map(({ kind, name }: DigestMember) => `${kind} ${name}`));

/** The cards that made a sound: `digest`, or the end of their sequence. */
export const heard = ({ phone }: Pick<World, 'phone'>): string[] =>
  phone.heard.map((name) => (name.startsWith('q') && name !== 'qbittorrent' ? 'digest' : name));

export const stateOf = ({ supervisor }: World): unknown =>
  supervisor.getSnapshot().children.quiet?.getSnapshot().value;
