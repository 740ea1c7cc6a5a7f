/**
 * The cards with buttons of a phone with ntfy's Android app, or of ntfy's web app in a browser: what a press changes on them,
 * and what an update does that arrives while the press is under way.
 *
 * Android 1.25.0, `binwiederhier/ntfy-android` at a9c5cda4bdc43df5b82b13dc73e9138820d57063, below
 * `app/src/main/java/io/heckel/ntfy/`:
 * - A press reads the row of the version that has the button (`msg/UserActionWorker.kt` L39-L42). It stores that row and shows
 *   it again twice: before the request with `…`, and after the answer with `✔️` or `❌️` and the error (L54-L57, L79-L80,
 *   L95-L100, L104-L118). Both times the complete row is written as it was when the press began, not as it is.
 * - It is only shown again while a notification with the same ID is in the drawer (`msg/NotificationService.kt` L37-L43). That
 *   ID is of the sequence, not of the version (`util/Util.kt` L545-L549). So **the old version replaces a newer one that arrived
 *   between press and answer, until the next update.** It makes no sound (`setOnlyAlertOnce`, `NotificationService.kt` L96).
 * - A newer version marks the rows of the older ones as deleted (`db/Repository.kt` L137-L149, `db/Database.kt` L633-L634).
 *   `msg/UserActionWorker.kt` L111 writes `deleted = false` again: the app's list then has both versions; and after a deletion
 *   between press and answer it has the deleted one, while the drawer stays empty.
 * - `clear: true` after a success removes the notification from the drawer, whichever version is there, and leaves it in the
 *   app's list (L112-L114): the next update is a new notification, with its sound. After a failure it has no effect (L106).
 * - Labels and errors: `util/Util.kt` L243-L262, `app/src/main/res/values/strings.xml` L327.
 * - Receiving: `service/SubscriberService.kt` L395-L433, `msg/NotificationDispatcher.kt` L25-L39. A message whose ID is known
 *   is ignored.
 *
 * The web app, `binwiederhier/ntfy` at c1fa107f6da0d1023113aca80f64678565a83496 (2.17 or later), below `web/src/`:
 * - `components/Notifications.jsx` L496-L511, L522-L547: the same `…`, `✔` and `❌`, on the version with the button.
 * - `app/SubscriptionManager.js` L217-L228: only while that version exists, and `components/hooks.js` L54-L78: a newer version
 *   deletes it. So **a newer version stays.**
 * - `clear: true` (`Notifications.jsx` L513-L520) closes the browser's notification; the card stays on the page.
 *
 * Not modelled: two buttons of one version that are pressed at the same time on Android, the app's list being open (nothing is
 * shown then), mutes and the app's minimum priority.
 */
import { isAudible } from '../../src/simulator/index.ts';
import type { NtfyMessage } from '../servers/index.ts';
import { isSuccess, readActions } from './button-requests.ts';
import type { Action, ButtonApp } from './button-requests.ts';

/** A card as its user sees it. */
export interface ShownCard {
  /** The ID of the version. */
  id: string;
  title: string;
  message: string;
  /** Missing when it is the default, 3. */
  priority?: number;
  /** The labels, with the mark of a press. */
  buttons: string[];
  /** The errors of presses, which are shown below the message. */
  errors: string[];
}

interface Button {
  action: Action;
  mark: string;
  error: string | null;
}

/** A message that the app stores. */
interface Version {
  message: NtfyMessage;
  buttons: Button[];
  isDeleted: boolean;
}

/** A press that is under way. */
export interface StartedPress {
  action: Action;
  /**
   * The app handles the answer, at this time (`performance.now()`): its status, or the text of the error. What was received
   * later came after it.
   */
  answered: (answer: number | string, at: number) => void;
}

const MARKS = {
  android: { ongoing: ' …', success: ' ✔️', failed: ' ❌️' },
  web: { ongoing: ' …', success: ' ✔', failed: ' ❌' },
} as const;

const ERRORS: Record<ButtonApp, (label: string, answer: number | string) => string> = {
  android: (label, answer) => `${label} failed: ${typeof answer === 'number' ? `HTTP ${answer}` : answer}`,
  web: (label, answer) =>
    typeof answer === 'number'
      ? `${label}: Unexpected response HTTP ${answer}`
      : `${label}: ${answer} Check developer console for details.`,
};

const sequenceOf = ({ sequence_id, id }: NtfyMessage): string => sequence_id ?? id;

/** The cards of one topic; no network. */
export function createButtonCards(app: ButtonApp) {
  const known = new Set<string>();
  /** The newest version of each sequence that is not deleted, as ntfy has it. */
  const newest = new Map<string, NtfyMessage>();
  /** All versions by sequence, deleted ones too: the app's database. */
  const versions = new Map<string, Version[]>();
  /** The version in the notification drawer, or on the page. */
  const drawn = new Map<string, Version>();
  /** When the last event of a sequence was received. */
  const changedAt = new Map<string, number>();
  const sounds: NtfyMessage[] = [];
  const versionsOf = (sequence: string) => versions.get(sequence) ?? [];

  function add(sequence: string, message: NtfyMessage) {
    // A browser makes a sound at each update, Android only for a card that is not showing.
    if (isAudible(message.priority, app === 'android' && drawn.has(sequence))) sounds.push(message);
    const buttons = readActions(message.actions).map((action) => ({ action, mark: '', error: null }));
    const version = { message, buttons, isDeleted: false };
    versions.set(sequence, [...versionsOf(sequence), version]);
    newest.set(sequence, message);
    drawn.set(sequence, version);
  }

  const receive = (message: NtfyMessage, at = performance.now()): void => {
    if (known.has(message.id)) return;
    known.add(message.id);
    const sequence = sequenceOf(message);
    changedAt.set(sequence, at);
    if (message.event === 'message_clear') {
      // On the page it counts as read, and stays.
      if (app === 'android') drawn.delete(sequence);
      return;
    }
    for (const version of versionsOf(sequence)) version.isDeleted = true;
    if (message.event === 'message') return add(sequence, message);
    newest.delete(sequence);
    drawn.delete(sequence);
  };

  /** Android's second write and redraw. */
  function redraw(version: Version, wasDeleted: boolean, isCleared: boolean) {
    const sequence = sequenceOf(version.message);
    version.isDeleted = wasDeleted;
    if (drawn.has(sequence)) drawn.set(sequence, version);
    if (isCleared) drawn.delete(sequence);
  }

  const press = (sequence: string, label: string): StartedPress => {
    const version = drawn.get(sequence);
    const button = version?.buttons.find(({ action }) => action.label === label);
    if (version === undefined || button === undefined) {
      const shown = JSON.stringify(viewOf(version));
      throw new Error(`No button ${JSON.stringify(label)} on ${sequence}: ${shown}`);
    }
    const wasDeleted = version.isDeleted;
    Object.assign(button, { mark: MARKS[app].ongoing, error: null });
    const answered = (answer: number | string, at: number) => {
      const succeeded = typeof answer === 'number' && isSuccess(answer);
      button.mark = succeeded ? MARKS[app].success : MARKS[app].failed;
      button.error = succeeded ? null : ERRORS[app](label, answer);
      const isOutdated = (changedAt.get(sequence) ?? 0) > at;
      if (app === 'android' && !isOutdated) redraw(version, wasDeleted, succeeded && button.action.clear);
    };
    return { action: button.action, answered };
  };

  return {
    /** The messages that made a sound, in order. */
    sounds: sounds as readonly NtfyMessage[],
    /** The newest version that was received; `null`: none, or deleted. */
    card: (sequence: string): NtfyMessage | null => newest.get(sequence) ?? null,
    /** What the drawer (Android) or the page shows; `null`: nothing. */
    shown: (sequence: string): ShownCard | null => viewOf(drawn.get(sequence)),
    /** The versions in the list of the app, oldest first; more than one, or a deleted one, after a late redraw on Android. */
    listed: (sequence: string): ShownCard[] =>
      versionsOf(sequence)
        .filter(({ isDeleted }) => !isDeleted)
        .flatMap((version) => viewOf(version) ?? []),
    /** The user swipes the card away: its next update is a new card. */
    dismiss: (sequence: string): void => void drawn.delete(sequence),
    /** An event of the topic. */
    receive,
    /** The user presses a button of the card that is shown. Throws when there is none with this label, without its mark. */
    press,
  };
}

function viewOf(version: Version | undefined): ShownCard | null {
  if (version === undefined) return null;
  const { id, title = '', message = '', priority } = version.message;
  return {
    id,
    title,
    message,
    ...(priority === undefined ? {} : { priority }),
    buttons: version.buttons.map(({ action, mark }) => `${action.label}${mark}`),
    errors: version.buttons.flatMap(({ error }) => error ?? []),
  };
}
