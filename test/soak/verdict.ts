/** What must hold, whoever attacked. */
import {
  completionOf,
  heardSequences,
  inOrder,
  isTaken,
  progressOf,
  publishesOf,
  sequenceOf,
} from '../chaos/evidence.ts';
import { judgeEnds, judgeOutput } from '../chaos/verdict-lives.ts';
import { visibleCards } from '../servers/index.ts';
import { ATTACK_NAMES } from './hostile.ts';
import type { Run } from './play.ts';
import { readMemoryLimit } from './probe.ts';

/** What came of one torrent. */
export interface Outcome {
  name: string;
  /** How often the phone made a sound for its completion. */
  heard: number;
  /** Completion messages that ntfy accepted. */
  accepted: number;
  /** Of these, the ones sent although the sidecar knew that an earlier one was accepted. */
  repeated: number;
  /** Whether its completion is all that the phone shows of it in the end. */
  shown: boolean;
}

export function outcomesOf(run: Run): Outcome[] {
  const messages = inOrder(run);
  const heard = heardSequences(messages);
  const cards = new Set(visibleCards(messages).map(sequenceOf));
  return run.torrents.map(({ hash, name }) => {
    const completion = completionOf(hash);
    const taken = publishesOf(run, completion).filter(isTaken);
    const known = taken.findIndex(({ deliveredAt }) => deliveredAt !== null);
    return {
      name,
      heard: heard.filter((sequence) => sequence === completion).length,
      accepted: taken.length,
      repeated: known === -1 ? 0 : taken.length - known - 1,
      shown: cards.has(completion) && !cards.has(progressOf(hash)),
    };
  });
}

/** Every broken promise but those that depend on the machine's speed; an empty list is a good run. */
export function judgeRun(run: Run): string[] {
  return [
    ...(run.restless === null ? [] : [run.restless]),
    ...judgeEnds(run),
    ...judgeOutput(run),
    ...judgeDownloads(run),
    ...judgeStrangers(run),
    ...judgeProbes(run),
    ...judgeMemory(run),
    ...judgeAttack(run),
  ];
}

function judgeDownloads(run: Run): string[] {
  return outcomesOf(run)
    .filter(({ heard, repeated, shown }) => heard !== 1 || repeated > 0 || !shown)
    .map((outcome) => `not announced exactly once: ${JSON.stringify(outcome)}`);
}

/** Neither a junk hook nor a hostile answer makes a sound or leaves a card. */
function judgeStrangers(run: Run): string[] {
  const own = new Set(run.torrents.map(({ hash }) => completionOf(hash)));
  const messages = inOrder(run);
  const cards = visibleCards(messages).map(sequenceOf);
  return [
    ...heardSequences(messages)
      .filter((sequence) => !own.has(sequence))
      .map((sequence) => `a sound for ${sequence}`),
    ...cards.filter((sequence) => !own.has(sequence)).map((sequence) => `a card is left: ${sequence}`),
  ];
}

function judgeProbes({ watch: { probes } }: Run): string[] {
  const failed = probes.filter(({ ok }) => !ok).length;
  if (probes.length === 0) return ['there was no liveness probe'];
  return failed > 0 ? [`${failed} of ${probes.length} liveness probes failed`] : [];
}

function judgeMemory({ watch: { peak } }: Run): string[] {
  const limit = readMemoryLimit();
  return peak < limit ? [] : [`${Math.round(peak)} MiB of memory, and the limit is ${limit} MiB`];
}

/** An attack that did not take place proves nothing. */
function judgeAttack(run: Run): string[] {
  const { attacks, duration } = run;
  const seconds = duration / 1000;
  const least: Record<string, number> = {
    'idle: connections': 1100,
    'idle from others: connections': 200,
    'idle on the hook port: connections': 200,
    'headers byte by byte: connections': 50,
    'unread streams: connections': 40,
    'slow /status: connections': 40,
    '/metrics: requests': 20 * seconds,
    'hooks of unknown torrents: 200': 100,
    'malformed hooks: 400': seconds,
  };
  return [
    ...Object.entries(least)
      .filter(([what, times]) => (attacks[what] ?? 0) < times)
      .map(([what, times]) => `the attack was too weak: ${what} ${attacks[what] ?? 0}, not ${times}`),
    ...SERVERS.filter((server) => ATTACK_NAMES.every((name) => countHostile(run, server, name) === 0)).map(
      (server) => `${server} never gave a hostile answer`,
    ),
  ];
}

const SERVERS = ['qBittorrent', 'ntfy'];

const countHostile = ({ journal }: Run, server: string, name: string) => journal.count(`${server}: ${name}`);

/** Kinds of hostile answers that were never given: in a short run there are few. */
export const missingAnswers = (run: Run): string[] =>
  ATTACK_NAMES.filter((name) => SERVERS.every((server) => countHostile(run, server, name) === 0));
