/** The presses of buttons in the store: one fact for each, so that a press is a small write. */
import * as z from 'zod';
import { BUTTON_ACTIONS, BUTTON_CARDS } from '../../machines/remote/types.ts';
import type {
  AcceptedPress,
  Command,
  RemoteChange,
  RemoteRecord,
  StoredRemote,
} from '../../machines/remote/types.ts';
import type { Store } from './index.ts';

const PRESS = 'press:';
const CURSOR_FACT = 'commandCursor';

const instant = z.number().nonnegative();
/** A signed command contains integers only: with another number, buttons would never work. */
const round = z.int().nonnegative();
/** Far more than there can be, and far from where adding one has no effect. */
const serial = z.int().nonnegative().max(1e9);
const action = z.enum(BUTTON_ACTIONS);

const acceptedPress: z.ZodType<AcceptedPress> = z.object({
  command: z.object({
    action,
    card: z.enum(BUTTON_CARDS),
    key: z.string().min(1).max(64),
    round,
    serial,
    expiresAt: instant,
  }),
  acceptedAt: instant,
  isDone: z.boolean(),
});

const cursorSchema = z.object({ id: z.string().min(1).max(64), at: instant });

const cardButtons = z.object({ serial, actions: z.array(action).readonly(), madeAt: instant });

/** The stored buttons of a torrent. */
export const remoteRecord: z.ZodType<RemoteRecord> = z.object({
  round,
  addedAt: instant,
  serial,
  progress: cardButtons.nullable().catch(null),
  alert: cardButtons.nullable().catch(null),
  muted: z.object({ percent: z.number() }).nullable().catch(null),
});

const nameOf = ({ card, key, round, serial: number, action: what }: Command): string =>
  `${PRESS}${card}:${key}:${round}:${number}:${what}`;

/** What an earlier process has stored. */
export function restoredRemote({ facts }: Pick<Store, 'facts'>): StoredRemote {
  const presses = [...facts].flatMap(([name, value]) =>
    name.startsWith(PRESS) ? (acceptedPress.safeParse(value).data ?? []) : [],
  );
  return { presses, cursor: cursorSchema.safeParse(facts.get(CURSOR_FACT)).data ?? null };
}

/** Stores a change. A press survives a power loss when the call returns, before it can have an effect. */
export function saveRemoteChange(store: Pick<Store, 'setFact'>, change: RemoteChange): void {
  switch (change.type) {
    case 'press.save':
      return store.setFact(nameOf(change.press.command), change.press);
    case 'press.delete':
      return store.setFact(nameOf(change.press.command), undefined, 'soon');
    case 'cursor.save':
      return store.setFact(CURSOR_FACT, change.cursor, 'soon');
  }
}
