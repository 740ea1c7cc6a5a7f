/** An outbox with an ntfy that does as the test says. */
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

/** What a publish is told. */
interface Publishing {
  notification: Notification;
  form: Form;
}

export interface Sent {
  at: number;
  notification: Notification;
  form: Form;
}

type Told = Extract<OutboxReport, { type: 'notification.settled' }>;

export function cardDeleteOf(key: Hash): RequestedNotification {
  return { id: `card-delete.${key}`, kind: 'card-delete', key, shown: true, alerted: false };
}

/** What no outbox may ever do. Thrown within a publish it would only count as a failure of ntfy's. */
const offences: string[] = [];
after(() => assert.deepEqual(offences, []));

/** An outbox whose publishes take 50 ms. What must hold of every publish is checked with each. */
export function startOutbox(over: Partial<Policy> = {}) {
  const clock = new SimulatedClock();
  const world = {
    latency: 50,
    publish: (_notification: Notification, _form: Form): Publication => live,
    /** What is left of the day. */
    allowance: (): Allowance | null => null,
  };
  const sent: Sent[] = [];
  const asked: number[] = [];
  const open = new Map<Notification, string>();
  const endedAt = new Map<string, number>();
  let most = 0;
  const machine = outboxMachine.provide({
    actors: {
      publish: fromPromise(async ({ input: { notification, form } }: { input: Publishing }) => {
        const { key } = notification;
        if ([...open.values()].includes(key)) offences.push('two messages of one torrent at once');
        const age = clock.now() - (endedAt.get(key) ?? -Infinity);
        // A completion has a card of its own, and waits for no other.
        if (age < 1100 && notification.kind !== 'completion')
          offences.push(`only ${age} ms after the last of its torrent`);
        open.set(notification, key);
        most = Math.max(most, open.size);
        if (open.size > 4) offences.push('more than four at once');
        sent.push({ at: clock.now(), notification, form });
        await later(clock, world.latency, null);
        open.delete(notification);
        endedAt.set(key, clock.now());
        return world.publish(notification, form);
      }),
      allowance: fromPromise(() => {
        asked.push(clock.now());
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
    /** When ntfy was asked what it allows. */
    asked,
    /** The most that were ever on their way at once. */
    most: () => most,
    tell: (...notifications: RequestedNotification[]) =>
      notifications.forEach((notification) =>
        child.actor.send({ type: 'notification.publish', notification }),
      ),
    told: () => child.heard.filter((report): report is Told => report.type === 'notification.settled'),
    /** How the notifications of this kind ended, in order. */
    outcomes: (kind: Notification['kind']) =>
      child.heard.flatMap((report) =>
        report.type === 'notification.settled' && report.notification.kind === kind ? [report.outcome] : [],
      ),
    failed: () => child.heard.filter(({ type }) => type === 'outbox.failed'),
    reports: <T extends OutboxReport['type']>(type: T) =>
      child.heard.filter((report): report is Extract<OutboxReport, { type: T }> => report.type === type),
  };
}
