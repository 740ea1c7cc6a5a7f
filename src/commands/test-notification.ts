import { setTimeout as sleep } from 'node:timers/promises';
import type { Notification, Observation } from '../../machines/domain.ts';
import { UNKNOWN_FIELDS } from '../../machines/routing/fields.ts';
import type { Config } from '../config/index.ts';
import { formatOptionsOf } from '../format/options.ts';
import { hostOf } from '../http/request.ts';
import { createNtfyClient } from '../ntfy/client.ts';
import { priorityOf, renderMessage } from '../ntfy/message.ts';
import type { Published } from '../ntfy/message.ts';
import type { NotificationStyle } from '../ntfy/style.ts';
import { readInstance, SHARED_INSTANCE } from '../store/index.ts';
import { configOf } from './config.ts';
import { EXIT } from './exit.ts';
import { processTerminal } from './terminal.ts';
import type { Terminal } from './terminal.ts';

/** Milliseconds between two messages of one card: ntfy's clock has whole seconds (reference/ntfy.md, section 1). */
const UPDATE_DELAY = 1200;

/** Not the key of a torrent: hashes are hexadecimal. */
const KEY = 'test';

/** The rule by which the notifications are sent. */
export interface TestRule {
  /** Default: that of `NTFY_TOPIC`. */
  topic?: string | undefined;
  /** How it changes the notifications of each kind. */
  styles: Partial<Record<'progress' | 'completion', NotificationStyle>>;
}

interface Step {
  notification: Notification;
  style?: NotificationStyle | undefined;
  /** What the phone shows, if it updates cards in place. */
  expected: string;
}

/**
 * Sends a silent card, its update and a card with a sound, then deletes the first. Prints the results.
 *
 * @param findRule the rule to send them by, or the exit status if there is none; default: without rules
 */
export async function testNotification(
  terminal: Terminal = processTerminal(),
  apart = UPDATE_DELAY,
  findRule: (config: Config, terminal: Terminal) => TestRule | number = () => ({ styles: {} }),
): Promise<number> {
  const config = configOf(terminal);
  if (config === null) return EXIT.config;
  const rule = findRule(config, terminal);
  if (typeof rule === 'number') return rule;
  const { out, err } = terminal;
  const instance = config.instance ?? instanceIn(config.stateDir);
  const { topic = config.ntfy.topic, styles } = rule;
  const ntfy = createNtfyClient({ ...config.ntfy, topic }, { instance, ...formatOptionsOf(config) });
  const where = topic === config.ntfy.topic ? 'your topic' : "the rule's topic";
  out(`Sending to ${where} on ${hostOf(config.ntfy.server)}, as ${instance}. Check the phone:`);
  let live: boolean | null = null;
  for (const [index, { notification, style, expected }] of steps(Date.now(), styles, config).entries()) {
    if (notification.kind === 'card-delete' && live !== true) continue;
    if (index > 0) await sleep(apart);
    const publication = await ntfy.publish(notification, { style });
    if (!publication.ok) {
      err(`  refused: ${publication.failure.message}. Run \`doctor\` for details.`);
      return EXIT.failed;
    }
    live ??= publication.value.live;
    out(`  accepted: ${expected}`);
  }
  const left = titleOf(completion(Date.now()), styles.completion, config);
  for (const line of live === true ? linesForLive(left) : SEPARATE_MESSAGES) out(line);
  return EXIT.ok;
}

function instanceIn(stateDir: string | null): string {
  const stored = readInstance(stateDir);
  return stored.kind === 'own' ? stored.name : SHARED_INSTANCE;
}

const linesForLive = (title: string) => [
  'The server supports sequence IDs: one card is updated in place, on Android 1.22.2 and later.',
  `Left on the phone: one card, "${title}". If there is none, check whether the app is subscribed to the topic.`,
];
const SEPARATE_MESSAGES = [
  'The server does not support sequence IDs (ntfy before 2.16): each message is a separate card, so the sidecar sends',
  'progress only at 25, 50 and 75 %. Left on the phone: three cards, which you can swipe away.',
];

/** The lowest priority with a sound. */
const FIRST_AUDIBLE_PRIORITY = 3;

const titleOf = (notification: Published, style: NotificationStyle | undefined, config: Config) =>
  renderMessage(notification, formatOptionsOf(config), style).title;

const soundOf = (notification: Published, style: NotificationStyle | undefined) =>
  priorityOf(notification, style) >= FIRST_AUDIBLE_PRIORITY ? 'with a sound' : 'without a sound';

function steps(at: number, styles: TestRule['styles'], config: Config): Step[] {
  const [first, second, last] = [progress(25, at), progress(75, at), completion(at)];
  const isSilent = soundOf(first, styles.progress) === 'without a sound';
  const title = titleOf(last, styles.completion, config);
  return [
    {
      notification: first,
      style: styles.progress,
      expected: `a card at 25 %, ${soundOf(first, styles.progress)}`,
    },
    {
      notification: second,
      style: styles.progress,
      // Android makes no sound for an update of a card that is showing, whatever its priority.
      expected: `the same card at 75 %, ${isSilent ? 'still ' : ''}without a sound`,
    },
    {
      notification: last,
      style: styles.completion,
      expected: `a second card, "${title}", ${soundOf(last, styles.completion)}`,
    },
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

function progress(percent: number, at: number): Published {
  const torrent = { ...example, progress: percent / 100, eta: (100 - percent) * 2 };
  return { kind: 'progress', key: KEY, torrent, at, card: { percent, phase: 'downloading' }, shown: null };
}

function completion(at: number): Published {
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
