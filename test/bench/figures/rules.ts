/** What rules add to a poll. */
import { atMostTimes } from '../lib/figure.ts';
import type { Context, Figure, Row } from '../lib/figure.ts';
import { poll } from '../lib/polls.ts';
import type { Windows } from '../lib/polls-process.ts';

const RULES = 50;

async function measure({ quick, say }: Context): Promise<Row[]> {
  const torrents = quick ? 1000 : 10_000;
  const rounds = quick ? 2 : 8;
  say(
    `${torrents.toLocaleString('en')} torrents, with and without ${RULES} rules, ${rounds} rounds in turns`,
  );
  const { idle, busy } = await poll({ torrents, rules: RULES, rounds });
  const rowOf = (what: string, { with: runs, without }: Windows): Row =>
    atMostTimes(1.1, 'at most 10 % more', {
      what: `six polls of ${torrents.toLocaleString('en')} torrents, ${what}, ${RULES} rules`,
      unit: 'ms',
      runs,
      peer: { what: 'without rules', runs: without },
    });
  return [rowOf('no percent changes', idle), rowOf('1% of them change their percent at each poll', busy)];
}

export const rules: Figure = {
  name: 'rules',
  title: 'Rules',
  how: 'CPU time of the machines for six polls, without the request itself, in simulated time and with the flags of the Dockerfile: two sidecars in one process, one of them with a rules file of 50 rules (globs for categories, names, tags and trackers, and sizes), of which the last one matches all torrents. They are measured in turns, each as often first as the other, after a garbage collection. All torrents are downloading, so each poll requests all of them. A torrent is matched again only when the rules or its own fields change: the run fails if one is matched in a window, or not observed by each poll.',
  measure,
};
