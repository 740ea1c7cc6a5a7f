import { setTimeout as sleep } from 'node:timers/promises';
import type { Notification, Observation } from '../../machines/domain.ts';
import { hostOf } from '../http/request.ts';
import { createNtfyClient } from '../ntfy/client.ts';
import { readInstance, SHARED_INSTANCE } from '../store/index.ts';
import { configOf } from './config.ts';
import { EXIT } from './exit.ts';
import { processTerminal } from './terminal.ts';
import type { Terminal } from './terminal.ts';

/** Milliseconds between two messages of one card: ntfy's clock has whole seconds (reference/ntfy.md, section 1). */
const UPDATE_DELAY = 1200;

/** No torrent has it: hashes are hexadecimal. */
const KEY = 'test';

interface Step {
  notification: Notification;
  /** What to look for on the phone, where it can show cards that move. */
  look: string;
}

/** One quiet card, its update, one loud card; then the quiet one goes. Says what the server made of it. */
export async function testNotification(
  terminal: Terminal = processTerminal(),
  apart = UPDATE_DELAY,
): Promise<number> {
  const config = configOf(terminal);
  if (config === null) return EXIT.config;
  const { out, err } = terminal;
  const instance = config.instance ?? instanceIn(config.stateDir);
  const ntfy = createNtfyClient(config.ntfy, { instance, timeZone: config.timeZone });
  out(`Sending to your topic on ${hostOf(config.ntfy.server)}, as ${instance}. Look at the phone:`);
  let live: boolean | null = null;
  for (const [index, { notification, look }] of steps(Date.now()).entries()) {
    if (notification.kind === 'dismissal' && live !== true) continue;
    if (index > 0) await sleep(apart);
    const publication = await ntfy.publish(notification);
    if (!publication.ok) {
      err(`  refused: ${publication.failure.message}. \`doctor\` says more.`);
      return EXIT.failed;
    }
    live ??= publication.value.live;
    out(`  accepted: ${look}`);
  }
  for (const line of live === true ? LIVE : SEPARATE_MESSAGES) out(line);
  return EXIT.ok;
}

function instanceIn(stateDir: string | null): string {
  const kept = readInstance(stateDir);
  return kept.kind === 'own' ? kept.name : SHARED_INSTANCE;
}

const LIVE = [
  'The server knows sequence IDs: one card moves in place, on Android 1.22.2 and later.',
  'Left on the phone: one card, "Download Complete". No card at all? See whether the app is subscribed to the topic.',
];
const SEPARATE_MESSAGES = [
  'The server does not know sequence IDs (ntfy before 2.16): each message is a card of its own, so the sidecar says',
  'only 25, 50 and 75 % there. Left on the phone: three cards, which you can swipe away.',
];

function steps(at: number): Step[] {
  return [
    { notification: progress(25, at), look: 'a card at 25 %, without a sound' },
    { notification: progress(75, at), look: 'the same card at 75 %, still without a sound' },
    { notification: completion(at), look: 'a second card, "Download Complete", with a sound' },
    {
      notification: {
        kind: 'dismissal',
        key: KEY,
        shown: true,
        alerted: false,
      },
      look: 'the first card goes',
    },
  ];
}

function progress(percent: number, at: number): Notification {
  const torrent = { ...example, progress: percent / 100, eta: (100 - percent) * 2 };
  return { kind: 'progress', key: KEY, torrent, at, tell: { percent, phase: 'downloading' }, told: null };
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
};
