/** The result of a fleet run in a few lines. */
import type { TestContext } from 'node:test';
import { memoryOf } from '../bench/lib/proc.ts';
import type { SeenRequest } from '../servers/index.ts';
import { membersOf, spreadOf } from './members.ts';
import type { Fleet } from './pods.ts';

const MINUTE = 60_000;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

export interface Excerpt {
  fleet: Fleet;
  /** The requests to ntfy. */
  requests: readonly SeenRequest[];
  /** Only requests since then; `Date.now()`. */
  from: number;
}

/** Each row has the minimum, the median, the 95th percentile and the maximum of all sidecars. */
export function report(t: TestContext, when: string, { fleet, requests, from }: Excerpt): void {
  const since = requests.filter(({ at }) => at >= from);
  const members = membersOf(since, fleet.pods.length);
  const minutes = (Date.now() - from) / MINUTE;
  const accepted = members.map((member) => member.accepted.length);
  const refused = members.flatMap((member) => member.refused);
  const inMinute = Map.groupBy(refused, ({ at }) => Math.floor((at - from) / MINUTE));
  const lines = [
    `${when} (${minutes.toFixed(1)} min)`,
    `accepted ${sum(accepted)} of the ${Math.floor(60 + 12 * minutes)} that ntfy allows; of each ${spreadOf(accepted)}`,
    `progress among them: ${spreadOf(members.map(({ progress }) => progress))}`,
    `answered 429: ${refused.length}; of each ${spreadOf(members.map((member) => member.refused.length))}`,
    `in the worst minute ${Math.max(0, ...[...inMinute.values()].map(({ length }) => length))} of them`,
    `countRequests what is allowed: ${since.filter(({ path }) => path === '/v1/account').length} times`,
    `seconds from the finish to ntfy: ${waitsOf(since, fleet)}`,
    `the requests of the first minute came at second ${paceOf(since, from)}`,
  ];
  for (const line of lines) t.diagnostic(line);
}

function waitsOf(requests: readonly SeenRequest[], { finishedAt, pods }: Fleet): string {
  const completed = membersOf(requests, pods.length).flatMap(({ completions }) => Array.from(completions));
  const waits = completed.map(([sequence, [at = 0]]) => (at - (finishedAt.get(sequence) ?? at)) / 1000);
  return `${spreadOf(waits)} (${waits.length} completions)`;
}

function paceOf(requests: readonly SeenRequest[], from: number): string {
  const counted = requests.filter(({ path, at }) => path !== '/v1/account' && at < from + MINUTE);
  return `${spreadOf(counted.map(({ at }) => (at - from) / 1000))} (${counted.length} requests)`;
}

export function reportMemory(t: TestContext, when: string, { pods }: Fleet): void {
  const memory = pods.map(({ sidecar }) => memoryOf(sidecar.pid));
  for (const what of ['rss', 'private', 'anonymous'] as const) {
    t.diagnostic(`${when}: ${what} ${spreadOf(memory.map((one) => one[what]))} MB`);
  }
}
