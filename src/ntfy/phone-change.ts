import type { RouteId } from '../../machines/routing/types.ts';
import type { Card } from './card.ts';

/** What a message changed on the phones, once ntfy has accepted it. Contains no topic, URL, command or token. */
export type PhoneChange =
  | ({
      type: 'published';
      /** `false`: the server has no sequence IDs, and each message is a card of its own. */
      isUpdated: boolean;
      /** The name of the rule; `null` if none applies, or it is not known. */
      rule: string | null;
      /** The labels of the buttons. */
      buttons: readonly string[];
    } & CardId &
      Pick<Card, 'title' | 'message' | 'priority' | 'tags'>)
  | ({ type: 'deleted' } & CardId);

/** Identifies a card on the phones. */
export interface CardId {
  route: RouteId;
  sequence: string;
}

/** Where a card comes from. */
export interface Origin {
  route: RouteId;
  rule: string | null;
}

/** The change by a card that ntfy has accepted. */
export const publishedChange = (
  { sequence_id: sequence, title, message, priority, tags, actions = [] }: Card,
  origin: Origin,
  isUpdated: boolean,
): PhoneChange => ({
  type: 'published',
  ...origin,
  sequence,
  isUpdated,
  title,
  message,
  priority,
  tags,
  buttons: actions.map(({ label }) => label),
});
