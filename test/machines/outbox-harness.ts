/** An outbox with a scripted ntfy. */
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { fromPromise, SimulatedClock } from 'xstate';
import { outboxMachine } from '../../machines/outbox/machine.ts';
import type { OutboxReport, Publication } from '../../machines/outbox/machine.ts';
import type { Allowance } from '../../machines/outbox/budget.ts';
import type { Form, Hash, Notification, RequestedNotification } from '../../machines/domain.ts';
import type { Policy } from '../../machines/policy.ts';
import { ok, policy } from './fixtures.ts';
import { later, startChild } from './harness.ts';

export const live: Publication = ok({ live: true });
export const notLive: Publication = ok({ live: false });

/** The input of a publish. */
interface PublishInput {
  notification: Notification;
  form: Form;
}

export interface Sent {
  at: number;
  notification: Notification;
  form: Form;
}

type Settled = Extract<OutboxReport, { type: 'notification.settled' }>;

export function cardDeleteOf(key: Hash): RequestedNotification {
  return { id: `card-delete.${key}`, kind: 'card-delete', key, shown: true, alerted: false };
}

/** Violations of what always holds. An exception in a publish would only count as a failure of ntfy. */
const violations: string[] = [];
after(() => assert.deepEqual(violations, []));

/** Starts an outbox whose publishes take 50 ms. Each publish checks what always holds. */
export function startOutbox(over: Partial<Policy> = {}) {
  const clock = new SimulatedClock();
  const world = {
    latency: 50,
    publish: (_notification: Notification, _form: Form): Publication => live,
    /** The rest of the daily quota. */
    allowance: (): Allowance | null => null,
  };
  const sent: Sent[] = [];
  const allowanceRequests: number[] = [];
  const open = new Map<Notification, string>();
  const endedAt = new Map<string, number>();
  let maxInFlight = 0;
  const machine = outboxMachine.provide({
    actors: {
      publish: fromPromise(async ({ input: { notification, form } }: { input: PublishInput }) => {
        const { key } = notification;
        if ([...open.values()].includes(key)) violations.push('two simultaneous messages of one torrent');
        const age = clock.now() - (endedAt.get(key) ?? -Infinity);
        // A completion has its own card, so it waits for no other message.
        if (age < 1100 && notification.kind !== 'completion')
          violations.push(`only ${age} ms after the last message of its torrent`);
        open.set(notification, key);
        maxInFlight = Math.max(maxInFlight, open.size);
        if (open.size > 4) violations.push('more than four simultaneous messages');
        sent.push({ at: clock.now(), notification, form });
        await later(clock, world.latency, null);
        open.delete(notification);
        endedAt.set(key, clock.now());
        return world.publish(notification, form);
      }),
      allowance: fromPromise(() => {
        allowanceRequests.push(clock.now());
        return later(clock, world.latency, null).then(() => world.allowance());
      }),
    },
  });
  const input = { policy: { ...policy, ...over }, now: () => clock.now(), findTorrent: () => undefined };
  const child = startChild<OutboxReport, typeof outboxMachine>(machine, input, { clock });
  return {
    ...child,
    world,
    sent,
    /** When the allowance was requested. */
    allowanceRequests,
    /** The maximum number of simultaneous messages. */
    maxInFlight: () => maxInFlight,
    publish: (...notifications: RequestedNotification[]) =>
      notifications.forEach((notification) =>
        child.actor.send({ type: 'notification.publish', notification }),
      ),
    settled: () =>
      child.reports.filter((report): report is Settled => report.type === 'notification.settled'),
    /** The outcomes of the notifications of this kind, in order. */
    outcomes: (kind: Notification['kind']) =>
      child.reports.flatMap((report) =>
        report.type === 'notification.settled' && report.notification.kind === kind ? [report.outcome] : [],
      ),
    failed: () => child.reports.filter(({ type }) => type === 'outbox.failed'),
    reportsOf: <T extends OutboxReport['type']>(type: T) =>
      child.reports.filter((report): report is Extract<OutboxReport, { type: T }> => report.type === type),
  };
}
