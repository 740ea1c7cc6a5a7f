import { setTimeout as sleep } from 'node:timers/promises';
import type { Notification, Observation } from '../../machines/domain.ts';
import type { SendKind } from '../../machines/routing/types.ts';
import { formatOptionsOf } from '../format/options.ts';
import type { FormatOptions } from '../format/options.ts';
import { hostOf } from '../http/request.ts';
import { createNtfyClient } from '../ntfy/client.ts';
import { isAudible, renderMessage } from '../ntfy/message.ts';
import type { NotificationStyle } from '../ntfy/style.ts';
import { readInstance, SHARED_INSTANCE } from '../store/index.ts';
import { configOf } from './config.ts';
import { EXAMPLE_TORRENT } from './example.ts';
import { EXIT } from './exit.ts';
import { notificationOf } from './notification-of.ts';
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
  /** The kinds that it sends. */
  send: ReadonlySet<SendKind>;
  /** How it changes the notifications of each kind. */
  styles: Partial<Record<SendKind, NotificationStyle>>;
}

/** Without a rule: what every set-up sends. */
const WITHOUT_RULE: TestRule = { send: new Set(['progress', 'completion']), styles: {} };

interface Step {
  notification: Notification;
  style?: NotificationStyle | undefined;
  /** What the phone shows, if it updates cards in place. */
  expected: string;
  /** The title of a card that is not deleted. */
  left?: string | undefined;
}

/**
 * Sends a silent card, its update and a card with a sound, then deletes the first. Prints the results. With a rule, it
 * sends one notification of each kind that the rule sends.
 *
 * @param findRule the rule to send them by, or the exit status if there is none; default: without rules
 */
export async function testNotification(
  terminal: Terminal = processTerminal(),
  apart = UPDATE_DELAY,
  findRule: (terminal: Terminal) => TestRule | number = () => WITHOUT_RULE,
): Promise<number> {
  const config = configOf(terminal);
  if (config === null) return EXIT.config;
  const rule = findRule(terminal);
  if (typeof rule === 'number') return rule;
  const { out, err } = terminal;
  if (rule.send.size === 0) {
    out('This rule sends no notifications.');
    return EXIT.ok;
  }
  const instance = config.instance ?? instanceIn(config.stateDir);
  const { topic = config.ntfy.topic } = rule;
  const ntfy = createNtfyClient({ ...config.ntfy, topic }, { instance, ...formatOptionsOf(config) });
  const where = topic === config.ntfy.topic ? 'your topic' : "the rule's topic";
  out(`Sending to ${where} on ${hostOf(config.ntfy.server)}, as ${instance}. Check the phone:`);
  const steps = stepsOf(rule, Date.now(), formatOptionsOf(config));
  let live: boolean | null = null;
  for (const [index, { notification, style, expected }] of steps.entries()) {
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
  for (const line of live === true ? linesForLive(steps) : linesForSeparate(steps)) out(line);
  return EXIT.ok;
}

function instanceIn(stateDir: string | null): string {
  const stored = readInstance(stateDir);
  return stored.kind === 'own' ? stored.name : SHARED_INSTANCE;
}

function linesForLive(steps: readonly Step[]): string[] {
  const titles = steps.flatMap(({ left }) => (left === undefined ? [] : `"${left}"`));
  const [cards, missing] =
    titles.length === 1 ? ['one card', 'there is none'] : [`${titles.length} cards`, 'one is missing'];
  return [
    'The server supports sequence IDs: one card is updated in place, on Android 1.22.2 and later.',
    titles.length === 0
      ? 'No card is left on the phone.'
      : `Left on the phone: ${cards}, ${titles.join(', ')}. If ${missing}, check whether the app is subscribed to the topic.`,
  ];
}

function linesForSeparate(steps: readonly Step[]): string[] {
  const count = steps.filter(({ notification }) => notification.kind !== 'card-delete').length;
  return [
    'The server does not support sequence IDs (ntfy before 2.16): each message is a separate card, so the sidecar sends',
    `progress only at 25, 50 and 75 %. Left on the phone: ${count === 1 ? 'one card' : `${count} cards`}, which you can swipe away.`,
  ];
}

const own = (title: string) => `a card of its own, "${title}"`;

/** One notification of each kind that the rule sends, then the deletion of those that the sidecar deletes. */
function stepsOf({ send, styles }: TestRule, at: number, format: FormatOptions): Step[] {
  const show = (kind: SendKind, percent: number, place: (title: string) => string) => {
    const notification = notificationOf(kind, torrentAt(percent), at);
    const style = styles[kind];
    const { title, priority } = renderMessage(notification, format, style);
    const expected = `${place(title)}, ${isAudible(priority) ? 'with a sound' : 'without a sound'}`;
    return { kind, notification, style, expected, left: DELETED.has(kind) ? undefined : title };
  };
  const update = show('progress', 75, () => '');
  const steps: Step[] = [
    show('added', 0, own),
    show('progress', 25, () => 'a card at 25 %'),
    // Android makes no sound for an update of a card that is showing, whatever its priority.
    { ...update, expected: 'the same card at 75 %, without a sound' },
    show('completion', 100, own),
    show('alerts', 75, own),
    show('removed', 75, own),
  ].filter(({ kind }) => send.has(kind));
  const [shown, alerted] = [send.has('progress'), send.has('alerts')];
  if (!shown && !alerted) return steps;
  const deleted = [...(shown ? ['the card at 75 %'] : []), ...(alerted ? ['the alert'] : [])];
  const expected = `${deleted.join(' and ')} ${deleted.length === 1 ? 'is' : 'are'} deleted`;
  return [...steps, { notification: { kind: 'card-delete', key: KEY, shown, alerted }, expected }];
}

/** The kinds whose cards the sidecar deletes in the end. */
const DELETED: ReadonlySet<SendKind> = new Set(['progress', 'alerts']);

const torrentAt = (percent: number): Observation => ({
  ...EXAMPLE_TORRENT,
  hash: KEY,
  name: 'A test of qbit-ntfy-sidecar',
  phase: percent === 100 ? 'complete' : 'downloading',
  progress: percent / 100,
  size: 700_000_000,
  speed: 3_500_000,
  eta: (100 - percent) * 2,
  downloaded: 700_000_000,
  duration: 200,
  ratio: null,
  category: 'films/4k',
  tags: ['large', 'notify'],
  tracker: 'tracker.example.org',
  path: '/downloads/films',
});
