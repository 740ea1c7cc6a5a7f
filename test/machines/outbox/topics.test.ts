/** One topic that ntfy refuses pauses that topic only. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Failure, Notification, RequestedNotification } from '../../../machines/domain.ts';
import type { Publication } from '../../../machines/outbox/machine.ts';
import { completionOf, hashOf, HOUR, MINUTE, progressOf, SECOND } from '../fixtures.ts';
import { timersOf } from '../harness.ts';
import { cardDeleteOf, live, startOutbox } from '../outbox-harness.ts';

const [a, b] = [hashOf(1), hashOf(2)];

const forbidden: Failure = {
  kind: 'unauthorized',
  message: 'ntfy answered 40301',
  answer: { status: 403, code: 40_301, bytes: 1 },
};

const unauthorized: Failure = {
  kind: 'unauthorized',
  message: 'ntfy answered 40101',
  answer: { status: 401, code: 40_101, bytes: 1 },
};

/** A 403 of a proxy, without the code of ntfy. */
const blocked: Failure = { ...forbidden, message: '403', answer: { status: 403, code: null, bytes: 1 } };

/** On the topic of a rule. */
const films = (notification: RequestedNotification): RequestedNotification => ({
  ...notification,
  id: `films.${notification.id}`,
  route: 'films',
  rule: 'films',
});

/** An ntfy that refuses the topic of the rule "films". */
const refuse = (notification: Notification): Publication =>
  notification.route === 'films' ? { ok: false, failure: forbidden } : live;

function startRefused() {
  const outbox = startOutbox({ rate: null });
  outbox.world.publish = refuse;
  return outbox;
}

type Outbox = ReturnType<typeof startOutbox>;

const routesOf = ({ sent }: Outbox) => sent.map(({ notification: { kind, route } }) => [kind, route]);

describe('a topic that ntfy refuses', () => {
  test('is tried again after five minutes; what goes elsewhere is sent meanwhile', async () => {
    const outbox = startRefused();
    outbox.publish(films(completionOf(a)));
    await outbox.pass(SECOND);
    outbox.publish(progressOf(b, 10), completionOf(b));
    await outbox.pass(10 * SECOND);
    assert.deepEqual(outbox.outcomes('completion'), ['accepted']);
    const attempts = () => outbox.sent.filter(({ notification }) => notification.route === 'films').length;
    assert.equal(attempts(), 2);
    await outbox.pass(4 * MINUTE);
    assert.equal(attempts(), 2);
    await outbox.pass(MINUTE);
    assert.equal(attempts(), 3);
    assert.deepEqual(outbox.failed(), []);
  });

  test('is reported once, with the rule and without a topic, and once when it works again', async () => {
    const outbox = startRefused();
    outbox.publish(films(completionOf(a)));
    await outbox.pass(20 * MINUTE);
    assert.deepEqual(outbox.reportsOf('topic.rejected'), [
      { type: 'topic.rejected', route: 'films', rule: 'films', failure: forbidden },
    ]);
    outbox.world.publish = () => live;
    outbox.publish(films(completionOf(b)));
    await outbox.pass(6 * MINUTE);
    assert.deepEqual(outbox.reportsOf('topic.restored'), [{ type: 'topic.restored', route: 'films' }]);
  });

  test('once, although it is permitted, delays what goes there by a few seconds and is not reported', async () => {
    const outbox = startOutbox({ rate: null });
    const answers: Publication[] = [live, { ok: false, failure: forbidden }];
    outbox.world.publish = () => answers.shift() ?? live;
    outbox.publish(completionOf(b));
    await outbox.pass(SECOND);
    outbox.publish(films(progressOf(a, 10)));
    await outbox.pass(SECOND);
    outbox.publish(films(completionOf(hashOf(3))));
    await outbox.pass(3 * SECOND);
    assert.deepEqual(outbox.outcomes('progress'), ['accepted']);
    assert.deepEqual(outbox.outcomes('completion'), ['accepted', 'accepted']);
    assert.deepEqual([...outbox.reportsOf('topic.rejected'), ...outbox.reportsOf('topic.restored')], []);
  });

  test('keeps neither progress nor, after five minutes, deletions: nothing waits for it for ever', async () => {
    const outbox = startRefused();
    outbox.publish(films(progressOf(a, 10)), films({ ...cardDeleteOf(b) }));
    await outbox.pass(HOUR);
    assert.deepEqual(outbox.outcomes('progress'), ['refused']);
    assert.deepEqual(outbox.outcomes('card-delete'), ['refused']);
    assert.deepEqual(timersOf(outbox.clock), []);
  });

  test('gets a deletion for which no torrent waits, however late', async () => {
    const outbox = startRefused();
    outbox.publish(films({ ...cardDeleteOf(b), moved: true, left: true } as RequestedNotification));
    await outbox.pass(24 * HOUR);
    assert.deepEqual(outbox.outcomes('card-delete'), []);
    outbox.world.publish = () => live;
    await outbox.pass(5 * MINUTE);
    assert.deepEqual(outbox.outcomes('card-delete'), ['accepted']);
    assert.deepEqual(timersOf(outbox.clock), []);
  });

  test('does not simplify a message: its text is not the reason', async () => {
    const outbox = startRefused();
    outbox.publish(films(completionOf(a)));
    outbox.publish(...Array.from({ length: 5 }, (_, n) => completionOf(hashOf(10 + n))));
    await outbox.pass(HOUR);
    assert.deepEqual(outbox.reportsOf('outbox.simplified'), []);
    assert.deepEqual(new Set(outbox.sent.map(({ form }) => form)), new Set(['full']));
  });

  for (const [what, reason] of [
    ['401', unauthorized],
    ['403 of a proxy', blocked],
  ] as const)
    test(`is not the reason of a ${what}: then all messages wait`, async () => {
      const outbox = startOutbox({ rate: null });
      outbox.world.publish = () => ({ ok: false, failure: reason });
      outbox.publish(films(completionOf(a)), completionOf(b));
      await outbox.pass(MINUTE);
      assert.equal(outbox.failed().length, 1);
      assert.deepEqual(outbox.reportsOf('topic.rejected'), []);
    });

  test('is refused like the server if it is the only one, the second time: then all messages wait', async () => {
    const only = startOutbox({ rate: null });
    only.world.publish = () => ({ ok: false, failure: forbidden });
    only.publish(completionOf(b));
    await only.pass(5 * MINUTE);
    assert.equal(only.failed().length, 2);
    assert.deepEqual(only.reportsOf('topic.rejected'), []);
    await only.pass(MINUTE);
    assert.equal(only.failed().length, 3);
  });

  test('once, although it is permitted, delays its message by a few seconds', async () => {
    const only = startOutbox({ rate: null });
    const answers: Publication[] = [live, { ok: false, failure: forbidden }];
    only.world.publish = () => answers.shift() ?? live;
    only.publish(completionOf(a));
    await only.pass(SECOND);
    only.publish(completionOf(b));
    await only.pass(4 * SECOND);
    assert.deepEqual(only.outcomes('completion'), ['accepted', 'accepted']);
  });

  test('that works again within five minutes gets what waited for it', async () => {
    const outbox = startRefused();
    outbox.publish(films(completionOf(a)));
    await outbox.pass(MINUTE);
    outbox.world.publish = () => live;
    await outbox.pass(6 * MINUTE);
    assert.deepEqual(outbox.outcomes('completion'), ['accepted']);
  });
});

describe('cards of one torrent on two topics', () => {
  test('do not supersede each other', async () => {
    const outbox = startOutbox({ rate: null });
    outbox.publish(films({ ...cardDeleteOf(a), moved: true } as RequestedNotification), progressOf(a, 20));
    await outbox.pass(5 * SECOND);
    assert.deepEqual(routesOf(outbox), [
      ['card-delete', 'films'],
      ['progress', undefined],
    ]);
    assert.deepEqual(outbox.outcomes('card-delete'), ['accepted']);
  });

  test('are never sent at once: no more than one message of a torrent is in flight', async () => {
    const outbox = startOutbox({ rate: null });
    outbox.publish(progressOf(b, 1));
    await outbox.pass(2 * SECOND);
    outbox.publish(films({ ...cardDeleteOf(a), moved: true } as RequestedNotification), progressOf(a, 20));
    await outbox.pass(10);
    assert.equal(outbox.sent.length, 2);
    await outbox.pass(5 * SECOND);
    assert.equal(outbox.sent.length, 3);
  });

  test('a card that moved leaves the alert on its topic alone', async () => {
    const outbox = startOutbox({ rate: null });
    const alert = { kind: 'alert', key: a, name: null, percent: 1, alert: 'stalled' } as const;
    outbox.publish(films({ ...alert, id: 'alert' }));
    await outbox.pass(5 * SECOND);
    outbox.publish(films({ ...cardDeleteOf(a), moved: true } as RequestedNotification));
    await outbox.pass(5 * SECOND);
    const last = outbox.sent.at(-1)?.notification;
    assert.deepEqual([last?.kind, last?.kind === 'card-delete' && last.alerted], ['card-delete', false]);
  });
});
