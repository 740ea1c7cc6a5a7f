/** The guarantees that hold whatever fails. */
import { visibleCards } from '../servers/index.ts';
import type { NtfyMessage } from '../servers/index.ts';
import type { Download } from './torrents.ts';
import type { Run } from './engine.ts';
import {
  completionOf,
  audibleSequences,
  inOrder,
  isLate,
  isAccepted,
  knownBy,
  processAt,
  STORED_AFTER,
  progressOf,
  publishesOf,
  sequenceOf,
  SUMMARY,
} from './evidence.ts';
import { checkProcesses } from './check-processes.ts';

/** A violated guarantee; `hash`: of its torrent. */
export interface Problem {
  hash: string | null;
  text: string;
}

/** Every violated guarantee; a good run has none. */
export function checkRun(run: Run): Problem[] {
  const messages = inOrder(run);
  const sounds = audibleSequences(messages);
  const ofTorrents = run.downloads.flatMap((download) =>
    checkTorrent(run, download, messages, sounds).map((text) => ({ hash: download.torrent.hash, text })),
  );
  const global = [...checkUnknownMessages(run, messages), ...checkProcesses(run)].map((text) => ({
    hash: null,
    text,
  }));
  const unsettled = run.unsettled === null ? [] : [{ hash: null, text: run.unsettled }];
  return [...unsettled, ...global, ...ofTorrents];
}

function checkTorrent(
  run: Run,
  download: Download,
  all: readonly NtfyMessage[],
  allSounds: readonly string[],
) {
  const { hash } = download.torrent;
  const [progress, completion] = [progressOf(hash), completionOf(hash)];
  const messages = all.filter((message) => sequenceOf(message).startsWith(progress));
  const cards = visibleCards(messages).map(sequenceOf);
  const sounds = allSounds.filter((sequence) => sequence.startsWith(progress));
  const expected = expectationOf(run, download, messages.length);
  const problems: string[] = [];
  const result = `the phone shows [${cards.join(', ')}] and sounds [${sounds.join(', ')}]`;
  if (expected === 'announced' && !(is(cards, [completion]) && is(sounds, [completion])))
    problems.push(`finished, but ${result}`);
  if (expected === 'nothing' && (cards.length > 0 || sounds.length > 0))
    problems.push(`was removed while downloading, but ${result}`);
  if (expected === 'either' && (cards.includes(progress) || sounds.length > 1))
    problems.push(`was removed at its end, but ${result}`);
  return [...problems, ...checkProgress(messages, progress), ...checkRepeats(run, download)];
}

/** The cards that the phone should show, and the sounds that it should have made, at the end. */
export function expectationOf(run: Run, download: Download, messages: number) {
  if (download.removedAt !== null) return isLate(download) ? 'either' : 'nothing';
  // Not detectable: no sidecar received its hook, and it was complete before the next scan.
  if (knownBy(run, download) === null && messages === 0) return 'unknown';
  return 'announced';
}

const is = (found: readonly string[], expected: readonly string[]) => found.join() === expected.join();

/** The percent on a progress card; NaN without one. */
const percentOf = ({ message = '' }: NtfyMessage): number => Number(/(\d+)%/.exec(message)?.[1]);

/** A progress card is silent and never decreases; after its deletion it may start again. */
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
function checkRepeats(run: Run, { torrent: { hash } }: Download): string[] {
  const publishes = publishesOf(run, completionOf(hash));
  const known = publishes.find((publish) => {
    if (!isAccepted(publish) || publish.deliveredAt === null) return false;
    const end = processAt(run, publish.at)?.endedAt ?? Infinity;
    return publish.deliveredAt + STORED_AFTER < end;
  });
  const again = known === undefined ? [] : publishes.slice(publishes.indexOf(known) + 1);
  return again.length === 0 ? [] : [`its completion was sent ${again.length} times more after it was known`];
}

function checkUnknownMessages(run: Run, messages: readonly NtfyMessage[]): string[] {
  const known = new Set([
    SUMMARY,
    ...run.downloads.flatMap(({ torrent: { hash } }) => [progressOf(hash), completionOf(hash)]),
  ]);
  const unknown = messages.filter((message) => !known.has(sequenceOf(message)));
  return unknown.map((message) => `a message about an unknown torrent: ${JSON.stringify(message)}`);
}
