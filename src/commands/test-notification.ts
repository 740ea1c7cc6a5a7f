import { setTimeout as sleep } from 'node:timers/promises';
import type { Notification, Observation } from '../../machines/domain.ts';
import { UNKNOWN_FIELDS } from '../../machines/routing/fields.ts';
import { hostOf } from '../http/request.ts';
import { createNtfyClient } from '../ntfy/client.ts';
import { readInstance, SHARED_INSTANCE } from '../store/index.ts';
import { configOf } from './config.ts';
import { EXIT } from './exit.ts';
import { processTerminal } from './terminal.ts';
import type { Terminal } from './terminal.ts';

/** Milliseconds between two messages of one card: ntfy's clock has whole seconds (reference/ntfy.md, section 1). */
const UPDATE_DELAY = 1200;

/** Not the key of a torrent: hashes are hexadecimal. */
const KEY = 'test';

interface Step {
  notification: Notification;
  /** What the phone shows, if it updates cards in place. */
  expected: string;
}

/** Sends a silent card, its update and a card with a sound, then deletes the first. Prints the results. */
export async function testNotification(
  terminal: Terminal = processTerminal(),
  apart = UPDATE_DELAY,
): Promise<number> {
  const config = configOf(terminal);
  if (config === null) return EXIT.config;
  const { out, err } = terminal;
  const instance = config.instance ?? instanceIn(config.stateDir);
  const ntfy = createNtfyClient(config.ntfy, { instance, timeZone: config.timeZone });
  out(`Sending to your topic on ${hostOf(config.ntfy.server)}, as ${instance}. Check the phone:`);
  let live: boolean | null = null;
  for (const [index, { notification, expected }] of steps(Date.now()).entries()) {
    if (notification.kind === 'card-delete' && live !== true) continue;
    if (index > 0) await sleep(apart);
    const publication = await ntfy.publish(notification);
    if (!publication.ok) {
      err(`  refused: ${publication.failure.message}. Run \`doctor\` for details.`);
      return EXIT.failed;
    }
    live ??= publication.value.live;
    out(`  accepted: ${expected}`);
  }
  for (const line of live === true ? LIVE : SEPARATE_MESSAGES) out(line);
  return EXIT.ok;
}

function instanceIn(stateDir: string | null): string {
  const stored = readInstance(stateDir);
  return stored.kind === 'own' ? stored.name : SHARED_INSTANCE;
}

const LIVE = [
  'The server supports sequence IDs: one card is updated in place, on Android 1.22.2 and later.',
  'Left on the phone: one card, "Download Complete". If there is none, check whether the app is subscribed to the topic.',
];
const SEPARATE_MESSAGES = [
  'The server does not support sequence IDs (ntfy before 2.16): each message is a separate card, so the sidecar sends',
  'progress only at 25, 50 and 75 %. Left on the phone: three cards, which you can swipe away.',
];

function steps(at: number): Step[] {
  return [
    { notification: progress(25, at), expected: 'a card at 25 %, without a sound' },
    { notification: progress(75, at), expected: 'the same card at 75 %, still without a sound' },
    { notification: completion(at), expected: 'a second card, "Download Complete", with a sound' },
    {
      notification: {
        kind: 'card-delete',
        key: KEY,
        shown: true,
        alerted: false,
      },
      expected: 'the first card is deleted',
    },
  ];
}

function progress(percent: number, at: number): Notification {
  const torrent = { ...example, progress: percent / 100, eta: (100 - percent) * 2 };
  return { kind: 'progress', key: KEY, torrent, at, card: { percent, phase: 'downloading' }, shown: null };
}

function completion(at: number): Notification {
  return { kind: 'completion', key: KEY, torrent: { ...example, phase: 'complete', progress: 1 }, at };
}

const example: Observation = {
  hash: KEY,
  v1: null,
  v2: null,
  name: 'A test of qbit-ntfy-sidecar',
  phase: 'downloading',
  progress: 0,
  size: 700_000_000,
  speed: 3_500_000,
  eta: null,
  downloaded: 700_000_000,
  duration: 200,
  ratio: null,
  addedAt: 0,
  finishedAt: null,
  ...UNKNOWN_FIELDS,
};
