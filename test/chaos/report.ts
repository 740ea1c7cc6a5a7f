/** A run as text: actions, outcomes, and the complete history of each violation. */
import type { Run } from './engine.ts';
import { completionOf, isLate, knownBy, progressOf, sequenceOf } from './evidence.ts';
import { expectationOf } from './verdict.ts';
import type { Problem } from './verdict.ts';
import { countLogins } from './verdict-lives.ts';
import { historyOf } from './story.ts';

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
  const outcomes = run.members.map((member) => {
    const completions = messagesOf(completionOf(member.torrent.hash));
    const progress = messagesOf(progressOf(member.torrent.hash));
    const expected = expectationOf(run, member, completions + progress);
    return { member, completions, progress, expected, known: knownBy(run, member) };
  });
  const completed = outcomes.filter(({ completions }) => completions > 0);
  const count = (is: (outcome: (typeof outcomes)[number]) => boolean) => outcomes.filter(is).length;
  const { good, bad, allowed } = countLogins(run);
  return [
    `seed ${run.seed}, qBittorrent ${run.generation}, ${run.lives.length} lives, ${run.journal.count('the finish hook is set') > 0 ? 'both hooks' : 'one hook'}`,
    `injected: ${injected.join(', ')}`,
    `torrents: ${outcomes.length}, of them ${count(({ member }) => member.unattended)} added while no sidecar was running, ` +
      `${count(({ known }) => known === 'hook')} found by the hook, ${count(({ known }) => known === 'scan')} by a scan, ` +
      `${count(({ expected }) => expected === 'unknown')} complete before any sidecar could detect them`,
    `removed: ${count(({ member }) => member.removedAt !== null)} ` +
      `(${count(({ member }) => isLate(member))} at their end); added again: ${count(({ member }) => member.addedAt.length > 1)}`,
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
