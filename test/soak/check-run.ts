/** The guarantees under attack. */
import {
  completionOf,
  audibleSequences,
  inOrder,
  isAccepted,
  progressOf,
  publishesOf,
  sequenceOf,
} from '../chaos/evidence.ts';
import { checkEnds, checkOutput } from '../chaos/check-processes.ts';
import { visibleCards } from '../servers/index.ts';
import { ATTACK_NAMES } from './hostile.ts';
import type { Run } from './run.ts';
import { readMemoryLimit } from './probe.ts';

/** The result of one torrent. */
export interface Outcome {
  name: string;
  /** How many sounds its completion made. */
  sounds: number;
  /** Completion messages that ntfy accepted. */
  accepted: number;
  /** How many of these were sent although the sidecar had received the answer to an earlier one. */
  repeated: number;
  /** Whether the phone finally shows its completion and nothing else of it. */
  shown: boolean;
}

export function outcomesOf(run: Run): Outcome[] {
  const messages = inOrder(run);
  const sounds = audibleSequences(messages);
  const cards = new Set(visibleCards(messages).map(sequenceOf));
  return run.torrents.map(({ hash, name }) => {
    const completion = completionOf(hash);
    const accepted = publishesOf(run, completion).filter(isAccepted);
    const confirmed = accepted.findIndex(({ deliveredAt }) => deliveredAt !== null);
    return {
      name,
      sounds: sounds.filter((sequence) => sequence === completion).length,
      accepted: accepted.length,
      repeated: confirmed === -1 ? 0 : accepted.length - confirmed - 1,
      shown: cards.has(completion) && !cards.has(progressOf(hash)),
    };
  });
}

/** Every violated guarantee, except those that depend on the machine's speed; a good run has none. */
export function checkRun(run: Run): string[] {
  return [
    ...(run.unsettled === null ? [] : [run.unsettled]),
    ...checkEnds(run),
    ...checkOutput(run),
    ...checkDownloads(run),
    ...checkUnknownMessages(run),
    ...checkProbes(run),
    ...checkMemory(run),
    ...checkAttack(run),
  ];
}

function checkDownloads(run: Run): string[] {
  return outcomesOf(run)
    .filter(({ sounds, repeated, shown }) => sounds !== 1 || repeated > 0 || !shown)
    .map((outcome) => `not announced exactly once: ${JSON.stringify(outcome)}`);
}

/** Neither a junk hook nor a hostile answer makes a sound or leaves a card. */
function checkUnknownMessages(run: Run): string[] {
  const own = new Set(run.torrents.map(({ hash }) => completionOf(hash)));
  const messages = inOrder(run);
  const cards = visibleCards(messages).map(sequenceOf);
  return [
    ...audibleSequences(messages)
      .filter((sequence) => !own.has(sequence))
      .map((sequence) => `a sound for ${sequence}`),
    ...cards.filter((sequence) => !own.has(sequence)).map((sequence) => `a card is left: ${sequence}`),
  ];
}

function checkProbes({ watch: { probes } }: Run): string[] {
  const failed = probes.filter(({ ok }) => !ok).length;
  if (probes.length === 0) return ['there was no liveness probe'];
  return failed > 0 ? [`${failed} of ${probes.length} liveness probes failed`] : [];
}

function checkMemory({ watch: { peak } }: Run): string[] {
  const limit = readMemoryLimit();
  return peak < limit ? [] : [`${Math.round(peak)} MiB of memory, and the limit is ${limit} MiB`];
}

/** An attack that did not take place proves nothing. */
function checkAttack(run: Run): string[] {
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

/** Kinds of hostile answers that were never sent: a short run has few. */
export const missingAnswers = (run: Run): string[] =>
  ATTACK_NAMES.filter((name) => SERVERS.every((server) => countHostile(run, server, name) === 0));
