import type { RouteId } from '../../machines/routing/types.ts';
import { DEFAULT_ROUTE } from '../../machines/routing/types.ts';
import { truncate } from '../format/text.ts';
import { isAudible } from '../ntfy/message.ts';
import type { PhoneChange } from '../ntfy/phone-change.ts';

/** A notification on the phone. Another object after each change. */
export interface PreviewCard {
  /** Unique within the process; a card that appeared later has a higher one. */
  readonly id: number;
  readonly title: string;
  readonly message: string;
  readonly tags: readonly string[];
  /** 1 to 5. */
  readonly priority: number;
  /** The labels of its buttons. */
  readonly buttons: readonly string[];
  /** Where it is; topics are secrets. `rule`: the name of the rule that sent it there, `null` if that is not known. */
  readonly topic: 'default' | { readonly rule: string | null };
  /** Whether it made a sound when it appeared. Its updates make none. */
  readonly hasSounded: boolean;
  /** How often it was updated in place. */
  readonly updates: number;
  /** When it was published last, in milliseconds since 1970. */
  readonly at: number;
}

/** The notifications as an Android phone shows them, from what ntfy has accepted; in memory. */
export interface PhonePreview {
  /** Processes a change that ntfy has accepted. */
  onAccepted(this: void, change: PhoneChange): void;
  /** In the order of the notification drawer: by priority, then the newest first. */
  list(): PreviewCard[];
  /** All were dismissed on the phone, which ntfy does not know. */
  clear(): void;
  /** How many messages made a sound, and how many did not, since the start. */
  readonly sounds: number;
  readonly silent: number;
  /** Increases with each change. */
  readonly version: number;
}

/** Cards with a sound, and as many without one. Those that were not published for the longest time are forgotten. */
export const MAX_PREVIEW_CARDS = 100;
/** UTF-8 bytes of a message: more lines than a phone shows. Titles are shorter anyway, unless a rule wants others. */
const MAX_BYTES = { title: 200, message: 1200, label: 40 };

const cut = (text: string, kind: keyof typeof MAX_BYTES): string => truncate(text, MAX_BYTES[kind]);

/** @param now milliseconds since 1970 */
export function createPhonePreview(now: () => number = Date.now, maxCards = MAX_PREVIEW_CARDS): PhonePreview {
  /** By place, in the order of their last message. */
  const cards = new Map<string, PreviewCard>();
  const counts = { sounds: 0, silent: 0 };
  let version = 0;
  let lastId = 0;

  /** Forgets a card if there are too many like this one. */
  function limit({ priority }: PreviewCard): void {
    if (cards.size <= maxCards) return;
    let oldest: string | undefined;
    let alike = 0;
    for (const [key, card] of cards) {
      if (isAudible(card.priority) !== isAudible(priority)) continue;
      oldest ??= key;
      alike += 1;
    }
    if (alike > maxCards && oldest !== undefined) cards.delete(oldest);
  }

  function publish(change: Extract<PhoneChange, { type: 'published' }>): void {
    const key = change.isUpdated ? keyOf(change) : `${lastId + 1}`;
    const shown = cards.get(key);
    // The app makes a sound only for a card that is not showing.
    const isSound = shown === undefined && isAudible(change.priority);
    counts[isSound ? 'sounds' : 'silent'] += 1;
    const card: PreviewCard = {
      id: shown?.id ?? ++lastId,
      title: cut(change.title, 'title'),
      message: cut(change.message, 'message'),
      tags: change.tags,
      priority: change.priority,
      buttons: change.buttons.map((label) => cut(label, 'label')),
      topic: topicOf(change, shown),
      hasSounded: shown?.hasSounded ?? isSound,
      updates: shown === undefined ? 0 : shown.updates + 1,
      at: now(),
    };
    cards.delete(key);
    cards.set(key, card);
    limit(card);
  }

  return {
    onAccepted(change) {
      version += 1;
      if (change.type === 'published') publish(change);
      else cards.delete(keyOf(change));
    },
    clear() {
      version += 1;
      cards.clear();
    },
    list: () =>
      [...cards.values()].toSorted((one, other) => other.priority - one.priority || other.id - one.id),
    get sounds() {
      return counts.sounds;
    },
    get silent() {
      return counts.silent;
    },
    get version() {
      return version;
    },
  };
}

const keyOf = ({ route, sequence }: { route: RouteId; sequence: string }): string => `${route}/${sequence}`;

/** Not each message about a card names the rule. */
function topicOf(
  { route, rule }: Extract<PhoneChange, { type: 'published' }>,
  shown: PreviewCard | undefined,
): PreviewCard['topic'] {
  if (route === DEFAULT_ROUTE) return 'default';
  return rule === null && shown !== undefined ? shown.topic : { rule };
}
