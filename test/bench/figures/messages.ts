/** How many messages a finished torrent costs, by its duration and the number of simultaneous downloads. */
import { download } from '../lib/downloads.ts';
import type { DownloadsResult } from '../lib/downloads-process.ts';
import type { Context, Figure, Row } from '../lib/figure.ts';

const LENGTHS = [
  { name: '1 minute', minutes: 1 },
  { name: '10 minutes', minutes: 10 },
  { name: '2 hours', minutes: 120 },
];
const COUNTS = [1, 10, 100, 1000];

function rowOf(length: string, count: number, result: DownloadsResult): Row {
  const { messages, sounds, completions, above, refused, lastAfter, perPercent } = result;
  const made = sounds === 1 ? '1 sound' : `${sounds} sounds`;
  const late = `the last completion ${Math.max(0, Math.round(lastAfter))} s after its download`;
  return {
    what: `each of ${count.toLocaleString('en')} at once, ${length} long`,
    unit: 'messages',
    runs: [messages / count],
    peer: { what: 'one for each percent that a poll finds', runs: [perPercent / count] },
    reach: {
      text: 'within the budget, each completion sent',
      holds: above === 0 && refused === 0 && completions === count,
    },
    note: `${messages.toLocaleString('en')} in all, ${made}, ${late}`,
  };
}

async function measure({ quick, say }: Context): Promise<Row[]> {
  const lengths = quick ? LENGTHS.slice(0, 2) : LENGTHS;
  const counts = quick ? COUNTS.slice(0, 3) : COUNTS;
  const rows: Row[] = [];
  for (const { name, minutes } of lengths) {
    say(`downloads of ${name}`);
    const announced = await Promise.all(counts.map((count) => download({ count, minutes })));
    rows.push(...announced.map((result, n) => rowOf(name, counts[n] ?? 0, result)));
  }
  return rows;
}

export const messages: Figure = {
  name: 'messages',
  title: 'Messages',
  how: 'Counts, not times: the shipped machines in simulated time, polled every 5 s while the downloads progress evenly, with the default settings. All messages count: progress, summaries, completions, digests, and the deletion of cards. They are sent to an ntfy with its default limits (60 at once, then one every 5 s), which refuses the rest; an independent count verifies that none was sent before the budget (50 at once, then one every 6 s) allowed it. The comparison is one message for each percent, without a budget.',
  measure,
};
