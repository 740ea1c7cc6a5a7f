/** A run as text: actions, outcomes, and the complete history of each violation. */
import type { Run } from './engine.ts';
import { completionOf, isLate, knownBy, progressOf, sequenceOf } from './evidence.ts';
import { expectationOf } from './check-run.ts';
import type { Problem } from './check-run.ts';
import { countLogins } from './check-processes.ts';
import { historyOf } from './history.ts';

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

/** A few lines: counts of faults and of outcomes. */
export function summarize(run: Run): string[] {
  const injected = run.journal
    .counts()
    .filter(
      ([kind]) =>
        !['start', 'added', 'the finish hook is set', 'all servers are up', 'all are downloaded'].includes(
          kind,
        ),
    )
    .map(([kind, count]) => `${kind} ${count}`);
  const messagesOf = (sequence: string) =>
    run.messages.filter((message) => sequenceOf(message) === sequence && message.event === 'message').length;
  const outcomes = run.downloads.map((download) => {
    const completions = messagesOf(completionOf(download.torrent.hash));
    const progress = messagesOf(progressOf(download.torrent.hash));
    const expected = expectationOf(run, download, completions + progress);
    return { download, completions, progress, expected, known: knownBy(run, download) };
  });
  const completed = outcomes.filter(({ completions }) => completions > 0);
  const count = (is: (outcome: (typeof outcomes)[number]) => boolean) => outcomes.filter(is).length;
  const { good, bad, allowed } = countLogins(run);
  return [
    `seed ${run.seed}, qBittorrent ${run.generation}, ${run.processes.length} processes, ${run.journal.count('the finish hook is set') > 0 ? 'both hooks' : 'one hook'}`,
    `injected: ${injected.join(', ')}`,
    `torrents: ${outcomes.length}, of them ${count(({ download }) => download.unattended)} added while no sidecar was running, ` +
      `${count(({ known }) => known === 'hook')} found by the hook, ${count(({ known }) => known === 'scan')} by a scan, ` +
      `${count(({ expected }) => expected === 'unknown')} complete before any sidecar could detect them`,
    `removed: ${count(({ download }) => download.removedAt !== null)} ` +
      `(${count(({ download }) => isLate(download))} at their end); added again: ${count(({ download }) => download.addedAt.length > 1)}`,
    `completions: ${completed.length} torrents in ${sum(outcomes.map(({ completions }) => completions))} messages, ` +
      `at most ${Math.max(...outcomes.map(({ completions }) => completions))} for one`,
    `progress: ${sum(outcomes.map(({ progress }) => progress))} messages, ` +
      `at most ${Math.max(...outcomes.map(({ progress }) => progress))} for one; ${run.messages.length} messages in all`,
    `logins: ${good.length} (${allowed} allowed), and ${bad.length} whose answer never came`,
  ];
}

/** Everything that helps to find the cause. */
export function explain(run: Run, problems: readonly Problem[]): string {
  const hashes = [...new Set(problems.map(({ hash }) => hash))].filter((hash) => hash !== null).slice(0, 5);
  return [
    `${problems.length} guarantees violated; CHAOS_SEED=${run.seed} plans the same again`,
    ...problems.map(({ hash, text }) => `- ${hash ?? 'sidecar'}: ${text}`),
    '',
    'Timeline:',
    ...timelineOf(run),
    ...hashes.flatMap((hash) =>
      [
        `
History of ${hash}:`,
      ].concat(historyOf(run, hash)),
    ),
  ].join('\n');
}

const timelineOf = ({ journal }: Run) =>
  journal.entries.map(({ at, kind, detail }) => `${journal.clock(at)} ${kind} ${detail}`);
