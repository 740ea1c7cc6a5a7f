/** What must never happen, whatever fails. */
import { visibleCards } from '../servers/index.ts';
import type { NtfyMessage } from '../servers/index.ts';
import type { Member } from './cast.ts';
import type { Run } from './engine.ts';
import {
  completionOf,
  audibleSequences,
  inOrder,
  isLate,
  isAccepted,
  knownBy,
  lifeAt,
  STORED_AFTER,
  progressOf,
  publishesOf,
  sequenceOf,
} from './evidence.ts';
import { checkLives } from './verdict-lives.ts';

/** A violated guarantee; `hash`: of its torrent. */
export interface Problem {
  hash: string | null;
  text: string;
}

/** Every violated guarantee; a good run has none. */
export function checkRun(run: Run): Problem[] {
  const messages = inOrder(run);
  const sounds = audibleSequences(messages);
  const ofTorrents = run.members.flatMap((member) =>
    checkTorrent(run, member, messages, sounds).map((text) => ({ hash: member.torrent.hash, text })),
  );
  const global = [...checkUnknownMessages(run, messages), ...checkLives(run)].map((text) => ({
    hash: null,
    text,
  }));
  const unsettled = run.unsettled === null ? [] : [{ hash: null, text: run.unsettled }];
  return [...unsettled, ...global, ...ofTorrents];
}

function checkTorrent(run: Run, member: Member, all: readonly NtfyMessage[], allSounds: readonly string[]) {
  const { hash } = member.torrent;
  const [progress, completion] = [progressOf(hash), completionOf(hash)];
  const messages = all.filter((message) => sequenceOf(message).startsWith(progress));
  const cards = visibleCards(messages).map(sequenceOf);
  const sounds = allSounds.filter((sequence) => sequence.startsWith(progress));
  const expected = expectationOf(run, member, messages.length);
  const problems: string[] = [];
  const result = `the phone shows [${cards.join(', ')}] and sounds [${sounds.join(', ')}]`;
  if (expected === 'announced' && !(is(cards, [completion]) && is(sounds, [completion])))
    problems.push(`finished, but ${result}`);
  if (expected === 'nothing' && (cards.length > 0 || sounds.length > 0))
    problems.push(`was removed while downloading, but ${result}`);
  if (expected === 'either' && (cards.includes(progress) || sounds.length > 1))
    problems.push(`was removed at its end, but ${result}`);
  return [...problems, ...checkProgress(messages, progress), ...checkRepeats(run, member)];
}

/** The cards that the phone should show, and the sounds that it should have made, at the end. */
export function expectationOf(run: Run, member: Member, messages: number) {
  if (member.removedAt !== null) return isLate(member) ? 'either' : 'nothing';
  // Not detectable: no sidecar received its hook, and it was complete before the next scan.
  if (knownBy(run, member) === null && messages === 0) return 'unknown';
  return 'announced';
}

const is = (found: readonly string[], expected: readonly string[]) => found.join() === expected.join();

/** The percent on a progress card; NaN without one. */
const percentOf = ({ message = '' }: NtfyMessage): number => Number(/(\d+)%/.exec(message)?.[1]);

/** A progress card is silent and never goes backwards; after its deletion it may start again. */
function checkProgress(messages: readonly NtfyMessage[], sequence: string): string[] {
  const problems: string[] = [];
  let last = 0;
  for (const message of messages) {
    const expected = sequenceOf(message) === sequence ? 2 : 4;
    if (message.event === 'message' && message.priority !== expected)
      problems.push(`${sequenceOf(message)} has priority ${message.priority}`);
    if (sequenceOf(message) !== sequence) continue;
    const percent = message.event === 'message' ? percentOf(message) : 0;
    if (message.event === 'message' && !(percent >= last))
      problems.push(`its card went from ${last} % to ${JSON.stringify(message.message)}`);
    last = percent;
  }
  return problems;
}

/** A message that ntfy accepted, and whose answer the sidecar had time to store, is not sent again. */
function checkRepeats(run: Run, { torrent: { hash } }: Member): string[] {
  const publishes = publishesOf(run, completionOf(hash));
  const known = publishes.find((publish) => {
    if (!isAccepted(publish) || publish.deliveredAt === null) return false;
    const end = lifeAt(run, publish.at)?.endedAt ?? Infinity;
    return publish.deliveredAt + STORED_AFTER < end;
  });
  const again = known === undefined ? [] : publishes.slice(publishes.indexOf(known) + 1);
  return again.length === 0 ? [] : [`its completion was sent ${again.length} times more after it was known`];
}

function checkUnknownMessages(run: Run, messages: readonly NtfyMessage[]): string[] {
  const known = new Set(
    run.members.flatMap(({ torrent: { hash } }) => [progressOf(hash), completionOf(hash)]),
  );
  const strange = messages.filter((message) => !known.has(sequenceOf(message)));
  return strange.map((message) => `a message about no torrent of the run: ${JSON.stringify(message)}`);
}
