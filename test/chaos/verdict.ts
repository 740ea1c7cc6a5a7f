/** What must never happen, whatever went wrong. */
import { visibleCards } from '../servers/index.ts';
import type { NtfyMessage } from '../servers/index.ts';
import type { Member } from './cast.ts';
import type { Run } from './engine.ts';
import {
  completionOf,
  heardSequences,
  inOrder,
  isLate,
  isTaken,
  knownBy,
  lifeAt,
  NOTED_AFTER,
  progressOf,
  publishesOf,
  sequenceOf,
} from './evidence.ts';
import { judgeLives } from './verdict-lives.ts';

/** A broken promise; `hash`: of the torrent that it is about. */
export interface Problem {
  hash: string | null;
  text: string;
}

/** Every promise that was broken; an empty list is a good run. */
export function judgeRun(run: Run): Problem[] {
  const messages = inOrder(run);
  const heard = heardSequences(messages);
  const ofTorrents = run.members.flatMap((member) =>
    judgeTorrent(run, member, messages, heard).map((text) => ({ hash: member.torrent.hash, text })),
  );
  const global = [...judgeStrangers(run, messages), ...judgeLives(run)].map((text) => ({ hash: null, text }));
  const restless = run.restless === null ? [] : [{ hash: null, text: run.restless }];
  return [...restless, ...global, ...ofTorrents];
}

function judgeTorrent(run: Run, member: Member, all: readonly NtfyMessage[], heardAll: readonly string[]) {
  const { hash } = member.torrent;
  const [progress, completion] = [progressOf(hash), completionOf(hash)];
  const messages = all.filter((message) => sequenceOf(message).startsWith(progress));
  const cards = visibleCards(messages).map(sequenceOf);
  const heard = heardAll.filter((sequence) => sequence.startsWith(progress));
  const expected = expectationOf(run, member, messages.length);
  const problems: string[] = [];
  const sees = `the phone shows [${cards.join(', ')}] and heard [${heard.join(', ')}]`;
  if (expected === 'told' && !(is(cards, [completion]) && is(heard, [completion])))
    problems.push(`finished, but ${sees}`);
  if (expected === 'nothing' && (cards.length > 0 || heard.length > 0))
    problems.push(`was removed in mid-download, but ${sees}`);
  if (expected === 'either' && (cards.includes(progress) || heard.length > 1))
    problems.push(`was removed at its end, but ${sees}`);
  return [...problems, ...judgeProgress(messages, progress), ...judgeRepeats(run, member)];
}

/** What the phone should show and have heard in the end. */
export function expectationOf(run: Run, member: Member, messages: number) {
  if (member.removedAt !== null) return isLate(member) ? 'either' : 'nothing';
  // Nobody could tell: its hook met no sidecar, and it was complete before one looked.
  if (knownBy(run, member) === null && messages === 0) return 'unknown';
  return 'told';
}

const is = (found: readonly string[], wanted: readonly string[]) => found.join() === wanted.join();

/** The percent on a progress card; NaN without one. */
const percentOf = ({ message = '' }: NtfyMessage): number => Number(/(\d+)%/.exec(message)?.[1]);

/** A progress card is silent and never goes backwards; after it was deleted it may start again. */
function judgeProgress(messages: readonly NtfyMessage[], sequence: string): string[] {
  const problems: string[] = [];
  let last = 0;
  for (const message of messages) {
    const wanted = sequenceOf(message) === sequence ? 2 : 4;
    if (message.event === 'message' && message.priority !== wanted)
      problems.push(`${sequenceOf(message)} has priority ${message.priority}`);
    if (sequenceOf(message) !== sequence) continue;
    const percent = message.event === 'message' ? percentOf(message) : 0;
    if (message.event === 'message' && !(percent >= last))
      problems.push(`its card went from ${last} % to ${JSON.stringify(message.message)}`);
    last = percent;
  }
  return problems;
}

/** What ntfy took, and what the sidecar had the time to note, is not said again. */
function judgeRepeats(run: Run, { torrent: { hash } }: Member): string[] {
  const publishes = publishesOf(run, completionOf(hash));
  const known = publishes.find((publish) => {
    if (!isTaken(publish) || publish.deliveredAt === null) return false;
    const end = lifeAt(run, publish.at)?.endedAt ?? Infinity;
    return publish.deliveredAt + NOTED_AFTER < end;
  });
  const again = known === undefined ? [] : publishes.slice(publishes.indexOf(known) + 1);
  return again.length === 0 ? [] : [`its completion was sent ${again.length} times more after it was known`];
}

function judgeStrangers(run: Run, messages: readonly NtfyMessage[]): string[] {
  const known = new Set(
    run.members.flatMap(({ torrent: { hash } }) => [progressOf(hash), completionOf(hash)]),
  );
  const strange = messages.filter((message) => !known.has(sequenceOf(message)));
  return strange.map((message) => `a message of nobody: ${JSON.stringify(message)}`);
}
