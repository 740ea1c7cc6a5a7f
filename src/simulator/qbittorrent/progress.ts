/** The progress of a simulated torrent over time. */
import type { Step } from './script.ts';
import { stepOf } from './torrent.ts';
import type { Torrent } from './torrent.ts';

const CHECK_SECONDS = 3;

/** Stops it until it is started again. */
function stop(torrent: Torrent): void {
  torrent.stopped = true;
  torrent.stopsAfterCheck = false;
}

/** Checks it for some seconds, also if it is stopped; then it continues. Without metadata there is nothing to check. */
export function recheck(torrent: Torrent): void {
  if (!torrent.metadata) return;
  torrent.stopsAfterCheck ||= torrent.stopped;
  torrent.stopped = false;
  play(torrent, [{ phase: 'checking', seconds: CHECK_SECONDS }], true);
}

/** Starts the current step: a complete torrent has all its bytes. */
export function enter(torrent: Torrent, at: number): void {
  if (stepOf(torrent).phase !== 'complete') return;
  torrent.done = torrent.size;
  torrent.completedAt ??= at;
}

function nextStep(torrent: Torrent, at: number): void {
  const { phase } = stepOf(torrent);
  if (phase === 'metadata') torrent.metadata = true;
  if (phase === 'checking' && torrent.stopsAfterCheck) stop(torrent);
  torrent.index += 1;
  torrent.elapsed = 0;
  enter(torrent, at);
  if (stepOf(torrent).phase !== 'complete') torrent.speed = 0;
}

/** Varies the speed by a slow and a fast wave, the same in each run. */
function wave(seconds: number): number {
  return 1 + 0.3 * Math.sin(seconds / 5) + 0.15 * Math.sin(seconds * 1.7);
}

/** Downloads for `seconds`; returns the seconds used, fewer if the step's goal was reached. */
function download(torrent: Torrent, step: Step & { phase: 'downloading' }, seconds: number): number {
  const goal = Math.floor(torrent.size * (step.to ?? 1));
  const speed = (step.rate ?? torrent.rate) * wave(torrent.elapsed);
  torrent.speed = Math.round(torrent.limit > 0 ? Math.min(speed, torrent.limit) : speed);
  const missing = Math.max(0, goal - torrent.done);
  const used = Math.min(seconds, missing / torrent.speed);
  const bytes = used < seconds ? missing : Math.min(missing, Math.round(torrent.speed * used));
  torrent.done += bytes;
  torrent.downloaded += bytes;
  return used;
}

/** A complete torrent's speed is multiplied by this each second: as on the real server, it decays within a minute. */
const SPEED_DECAY = 0.8;

/** Seconds; the longest period that is computed with one speed. */
const MAX_PERIOD = 0.25;

function advanceStep(torrent: Torrent, left: number, at: number): number {
  const step = stepOf(torrent);
  const last = torrent.index >= torrent.script.length - 1;
  if (step.phase === 'downloading') {
    const period = Math.min(left, MAX_PERIOD);
    const used = download(torrent, step, period);
    torrent.elapsed += used;
    torrent.activeSeconds += used;
    torrent.activeAt = at;
    if (torrent.done === torrent.size) torrent.completedAt ??= at;
    const reached = torrent.done >= Math.floor(torrent.size * (step.to ?? 1));
    if (!reached) return used;
    if (!last) nextStep(torrent, at);
    return last ? left : used;
  }
  const until = last ? Infinity : (step.seconds ?? Infinity);
  const used = Math.min(left, until - torrent.elapsed);
  torrent.elapsed += used;
  torrent.activeSeconds += step.phase === 'stopped' || step.phase === 'queued' ? 0 : used;
  torrent.seedingSeconds += step.phase === 'complete' ? used : 0;
  torrent.speed = step.phase === 'complete' ? Math.floor(torrent.speed * SPEED_DECAY ** used) : 0;
  if (torrent.elapsed >= until) nextStep(torrent, at);
  return used;
}

/** Advances a torrent to `now` (milliseconds). A stopped torrent does not change. */
export function advance(torrent: Torrent, now: number): void {
  let left = (now - torrent.seenAt) / 1000;
  torrent.seenAt = Math.max(now, torrent.seenAt);
  if (torrent.stopped) {
    torrent.speed = 0;
    return;
  }
  while (left > 1e-9 && !torrent.stopped && stepOf(torrent).phase !== 'removed') {
    left -= advanceStep(torrent, left, now - left * 1000);
  }
}

/** Whether it will not change any more. */
export function isSettled(torrent: Torrent): boolean {
  const last = torrent.index >= torrent.script.length - 1;
  return torrent.stopped || (last && stepOf(torrent).phase !== 'downloading');
}

/** Replaces the remaining steps; with `resume` they follow the new ones. */
export function play(torrent: Torrent, steps: Step[], resume: boolean): void {
  torrent.script = [...steps, ...(resume ? torrent.script.slice(torrent.index) : [])];
  torrent.index = 0;
  torrent.elapsed = 0;
  torrent.speed = 0;
  torrent.metadata ||= steps[0]?.phase !== 'metadata';
  enter(torrent, torrent.seenAt);
}
