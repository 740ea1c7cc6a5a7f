/** The complete history of one torrent, in order. */
import type { Run } from './engine.ts';
import { completionOf, progressOf, publishesOf, sequenceOf } from './evidence.ts';
import type { ProxiedRequest } from './proxy.ts';
import { describeRequest } from './server-faults.ts';

interface Line {
  at: number;
  text: string;
}

/** The user's actions, the sidecar's requests, messages and log lines, and the messages in ntfy. */
export function historyOf(run: Run, hash: string): string[] {
  const lines = [
    ...run.journal.entries
      .filter(({ detail }) => detail.includes(hash))
      .map(({ at, kind, detail }) => ({ at, text: `${kind} ${detail}` })),
    ...run.toSidecar.filter(({ path }) => path.includes(hash)).map(passed('hook', run)),
    ...pollsOf(run, hash),
    ...[...publishesOf(run, progressOf(hash)), ...publishesOf(run, completionOf(hash))].map(
      passed('ntfy', run),
    ),
    ...run.toNtfy.filter(({ path }) => path.includes(hash)).map(passed('ntfy', run)),
    ...processesOf(run, hash),
  ];
  const messages = run.messages.filter((message) => sequenceOf(message).startsWith(progressOf(hash)));
  const own = lines.filter(({ text }) => !/^(process|requested filter)/.test(text)).map(({ at }) => at);
  const [first, last] = [Math.min(...own) - 2000, Math.max(...own) + 5000];
  return [
    ...lines
      .filter(({ at }) => at >= first && at <= last)
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, text }) => `${run.journal.clock(at)} ${text}`),
    'Its messages:',
    ...messages.map((message) => JSON.stringify(message)),
  ];
}

const passed =
  (name: string, { journal }: Run) =>
  (request: ProxiedRequest): Line => {
    const { at, status, fault, deliveredAt } = request;
    const delivery = deliveredAt === null ? 'not delivered' : `delivered at ${journal.clock(deliveredAt)}`;
    return {
      at,
      text: `${name}: ${describeRequest(request)} -> ${status} ${fault ?? 'no fault'}, ${delivery}`,
    };
  };

function pollsOf({ toQbittorrent }: Run, hash: string): Line[] {
  const polls = toQbittorrent.filter(({ body, hashes }) => body.includes(hash) || hashes.includes(hash));
  return polls.map(({ at, body, hashes, status, fault }) => {
    const query = body.startsWith('hashes=') ? 'requested by hash' : `requested ${body}`;
    const found = hashes.includes(hash) ? 'found' : 'not found';
    return { at, text: `${query}: ${status} ${fault ?? 'no fault'}, ${found}` };
  });
}

function processesOf({ processes }: Run, hash: string): Line[] {
  return processes.flatMap(({ number, startedAt, endedAt, end, output }) => {
    const lines = output.split('\n').filter((line) => line.includes(hash));
    return [
      { at: startedAt, text: `process ${number} starts` },
      ...(endedAt === null ? [] : [{ at: endedAt, text: `process ${number} ends with ${end}` }]),
      ...lines.map((line) => ({ at: timeOf(line), text: `log: ${line}` })),
    ];
  });
}

const timeOf = (line: string): number => Date.parse(/"time":"([^"]*)"/.exec(line)?.[1] ?? '') || 0;
