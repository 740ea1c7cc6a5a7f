/** A timeline, executed in the model. */
import { hashOf, HOUR, MINUTE } from '../machines/fixtures.ts';
import type { Model } from './model.ts';
import { changeRules } from './rule-sets.ts';
import { TORRENTS } from './steps.ts';
import type { Step, Timeline } from './steps.ts';
import { hashesOf } from './torrents.ts';
import type { TorrentType } from './torrents.ts';

function hook(model: Model, n: number): void {
  const torrent = model.qbittorrent.torrents.get(n);
  if (torrent === undefined || model.world.run === null) return;
  // A process that did not send its completion itself treats its other hash as another torrent.
  const restarted = model.world.starts.length > 1;
  if (torrent.type === 'hybridMagnet' && torrent.phase === 'complete' && restarted) return;
  model.state.known.add(torrent.label);
  model.track(torrent.hash);
}

/** The last of them is a hybrid, with two hashes. */
function typeOf(n: number, magnet: boolean): TorrentType {
  if (n === TORRENTS - 1) return magnet ? 'hybridMagnet' : 'hybridFile';
  return magnet ? 'magnet' : 'plain';
}

function add(model: Model, { n, magnet, hooks }: Extract<Step, { do: 'add' }>): void {
  const hash = model.qbittorrent.add(n, typeOf(n, magnet));
  if (hash === null) return;
  // A user who adds it again has seen that it was complete, unless its completion is still pending.
  for (const key of hashesOf(n)) if (!model.store.records.has(key)) model.phone.swipe(key);
  for (let times = 0; times < hooks; times += 1) hook(model, n);
}

export function applyStep(model: Model, step: Exclude<Step, { do: 'pass' }>): void {
  const { qbittorrent, state, clock } = model;
  switch (step.do) {
    case 'add':
      return add(model, step);
    case 'advance':
      return qbittorrent.advance(step.n, ({ progress, finishedAt }) =>
        finishedAt === null ? { progress: Math.min(0.99, progress + step.by), phase: 'downloading' } : {},
      );
    case 'phase':
      return qbittorrent.change(step.n, ({ finishedAt }) =>
        finishedAt === null ? { phase: step.phase } : {},
      );
    case 'finish':
      return qbittorrent.advance(step.n, ({ finishedAt }) => ({
        progress: 1,
        phase: 'complete',
        finishedAt: finishedAt ?? Math.floor(model.now() / 1000),
      }));
    case 'remove':
      return void qbittorrent.torrents.delete(step.n);
    case 'hook':
      return hook(model, step.n);
    case 'unknownHook':
      return model.track(hashOf(1000 + step.n));
    case 'qbit': {
      const { fault, requests, ms } = step;
      qbittorrent.state.fault = { fault, requests, until: clock.now() + ms };
      return;
    }
    case 'ntfy':
      state.ntfy = { fault: step.fault, until: clock.now() + step.ms };
      return;
    case 'jump':
      return model.setClock(step.hours);
    case 'expireSession':
      qbittorrent.state.session += 1;
      return;
    case 'kill':
      return model.end(step.down);
    case 'crash':
      state.crash = { calls: step.calls, moment: step.moment, down: step.down };
      return;
    case 'poison':
      return model.poison(hashesOf(step.n)[0], { guard: step.guard, times: step.times });
    case 'bug':
      return void state.bugs.add(step.service);
    case 'press':
      return model.presses?.press(model.phone.cards, step);
    case 'category':
    case 'rules':
    case 'refuse':
      return changeRules(model, step);
  }
}

/** Executes a timeline. */
export async function runTimeline(model: Model, timeline: Timeline): Promise<void> {
  for (const step of timeline) {
    if (step.do === 'pass') await model.pass(step.ms);
    else applyStep(model, step);
  }
}

/** Ends the faults, finishes or removes every torrent, and lets everything settle. */
export async function finishAndSettle(model: Model): Promise<void> {
  model.heal();
  await model.pass(MINUTE);
  for (const n of Array.from(model.qbittorrent.torrents.keys())) {
    applyStep(model, { do: n % 2 === 0 ? 'finish' : 'remove', n });
  }
  // A used-up daily quota is reset at midnight, and midnight is later by as much as the clock was set back.
  await model.pass(6 * HOUR);
  // A refused topic that no rule uses any more is no incident.
  model.reportRules([]);
  await model.pass(200 * HOUR);
}
