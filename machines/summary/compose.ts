import type { Hash } from '../domain.ts';
import { ANSWER_TIME } from '../remote/executing.ts';
import type { Member, TopicBoard } from './board.ts';
import type { SummaryFigures, SummaryLine } from './types.ts';

/** More lines than this fit into no message. */
export const MAX_SUMMARY_LINES = 170;

/** In UTF-16 units; a line shows less of it. */
export const MAX_NAME_LENGTH = 300;

/** Seconds from which on an ETA is unknown, as in qBittorrent: 100 days. */
const MAX_ETA = 8_640_000;

/**
 * What the summary of a topic shows now.
 *
 * @param at milliseconds since 1970
 */
export function composeSummary(
  { members, answer }: Pick<TopicBoard, 'members' | 'answer'>,
  at: number,
): SummaryFigures {
  const total = { size: 0, done: 0, speed: 0 };
  for (const { observation } of members.values()) {
    if (observation === null) continue;
    total.size += observation.size;
    total.done += observation.size * Math.min(1, observation.progress);
    total.speed += observation.speed;
  }
  const speed = roundSpeed(total.speed);
  return {
    at,
    downloads: members.size,
    percent: total.size === 0 ? 0 : Math.min(99, Math.floor((total.done / total.size) * 100 + 1e-9)),
    speed,
    eta: speed === 0 ? null : roundEta((total.size - total.done) / speed),
    lines: linesOf(members),
    ...(answer !== null && Math.abs(at - answer.at) < ANSWER_TIME ? { answer: answer.shown } : {}),
  };
}

/** All that a summary shows, as text: two that show the same have the same. */
export function shownOf({ at, downloads, percent, speed, eta, lines, answer }: SummaryFigures): string {
  const arrival = eta === null ? null : Math.floor((at / 1000 + eta) / 60);
  return JSON.stringify([
    downloads,
    percent,
    speed,
    eta,
    arrival,
    lines.map((line) => [line.key, line.name, line.percent]),
    answer,
  ]);
}

/** To two significant digits: the third changes with each poll. */
export function roundSpeed(speed: number): number {
  if (speed <= 0) return 0;
  const step = 10 ** Math.max(0, Math.floor(Math.log10(speed)) - 1);
  return Math.round(speed / step) * step;
}

/** To whole minutes, at least one. */
function roundEta(seconds: number): number | null {
  return seconds >= MAX_ETA ? null : Math.max(1, Math.ceil(seconds / 60)) * 60;
}

interface RankedLine extends SummaryLine {
  eta: number;
}

/** The next to finish first; in whole minutes, so that their order is not another one in each poll. */
function linesOf(members: ReadonlyMap<Hash, Member>): SummaryLine[] {
  return Array.from(members, ([key, member]) => rankedLine(key, member))
    .toSorted(
      (one, other) => compareEta(one, other) || other.percent - one.percent || compareKeys(one, other),
    )
    .slice(0, MAX_SUMMARY_LINES)
    .map(({ key, name, percent }) => ({ key, name, percent }));
}

function rankedLine(key: Hash, { observation, progress: { percent, phase } }: Member): RankedLine {
  const name = observation?.name?.slice(0, MAX_NAME_LENGTH) ?? null;
  // A stalled download finishes never, as far as is known.
  const eta = phase === 'stalled' ? null : (observation?.eta ?? null);
  return { key, name, percent, eta: (eta === null ? null : roundEta(eta)) ?? Infinity };
}

const compareEta = (one: RankedLine, other: RankedLine): number =>
  one.eta === other.eta ? 0 : one.eta - other.eta;

const compareKeys = (one: RankedLine, other: RankedLine): number => (one.key < other.key ? -1 : 1);
