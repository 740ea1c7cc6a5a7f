import type { Traffic } from './traffic.ts';
import type { FindTorrent } from '../shard/machine.ts';
import type { Failure, Form, Now, Outcome, RequestedNotification } from '../domain.ts';
import type { Policy } from '../policy.ts';
import type { QuietDigest } from '../quiet/pending.ts';
import type { TopicRules } from '../routing/topic-policy.ts';
import type { RouteId } from '../routing/types.ts';
import type { SummaryBoard } from '../summary/board.ts';

export type OutboxEvent =
  | { type: 'notification.publish'; notification: RequestedNotification }
  /** A message was not settled within its maximum duration. */
  | { type: 'publish.overdue' };

/** What the outbox reports to its supervisor. A torrent gets the settlement of its notification directly. */
export type OutboxReport =
  | {
      type: 'notification.settled';
      notification: RequestedNotification;
      outcome: Outcome;
      failure: Failure | null;
    }
  /** The topic of an alert is refused, and its torrent has no actor that could request it for the default topic. */
  | { type: 'notification.diverted'; notification: RequestedNotification }
  /** ntfy, or the connection to it, may be the cause: all messages wait. */
  | { type: 'outbox.failed'; failure: Failure }
  /** One message is rejected although others are accepted. It waits alone, and is sent again in this form. */
  | { type: 'outbox.simplified'; notification: RequestedNotification; form: Form; failure: Failure }
  /** ntfy refuses one topic, which a rule uses, and accepts others: only what goes there waits. */
  | { type: 'topic.rejected'; route: RouteId; rule: string | null; failure: Failure }
  | { type: 'topic.restored'; route: RouteId }
  /** Our own code threw an exception. `null`: not while a message was sent. */
  | { type: 'outbox.crashed'; notification: RequestedNotification | null; error: unknown };

export interface OutboxContext extends Traffic {
  /** When the limits of the server were last read; `null` before. */
  askedAt: number | null;
  failure: Failure | null;
  findTorrent: FindTorrent;
  quietDigest: QuietDigest | null;
}

export interface OutboxInput {
  policy: Policy;
  now: Now;
  findTorrent: FindTorrent;
  /** Topics that ntfy refused before a restart. */
  refused?: readonly RouteId[];
  /** The settings of the topics. Default: none. */
  rules?: TopicRules;
  /** Default: there are no quiet hours. */
  quietDigest?: QuietDigest | null;
  /** Default: there are no summaries. */
  summary?: SummaryBoard;
}
