/** One message always fails; the others must not be affected. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isLeaving } from '../../../machines/outbox/traffic.ts';
import type { Failure, Form, Notification } from '../../../machines/domain.ts';
import { completionOf, hashOf, HOUR, MINUTE, progressOf, SECOND } from '../fixtures.ts';
import { cardDeleteOf, live, startOutbox } from '../outbox-harness.ts';

const poison = hashOf(1);

const failed = (failure: Partial<Failure>) => ({
  ok: false as const,
  failure: { kind: 'broken', message: 'no', ...failure } satisfies Failure,
});

type Outbox = ReturnType<typeof startOutbox>;

/** An outbox for which each message of one torrent fails like this, except in its last form. */
function startPoisoned(
  failure: Partial<Failure>,
  passes: (form: Form) => boolean = (form) => form === 'fixed',
) {
  const outbox = startOutbox();
  outbox.world.publish = ({ key }, form) => (key === poison && !passes(form) ? failed(failure) : live);
  return outbox;
}

/** Publishes progress of a healthy torrent every five seconds. */
async function publishProgress(outbox: Outbox, seconds: number, key = hashOf(2)): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 5) {
    outbox.publish(progressOf(key, Math.floor(passed / 5) % 99));
    await outbox.pass(5 * SECOND);
  }
}

const formsOf = (outbox: Outbox, kind: Notification['kind'], key = poison) =>
  outbox.sent
    .filter(({ notification }) => notification.key === key && notification.kind === kind)
    .map(({ form }) => form);

const failures: [string, Partial<Failure>][] = [
  ["a firewall's 403", { kind: 'misdirected', reason: 'in-front' }],
  ['a 502', { kind: 'broken' }],
  ['garbage', { kind: 'protocol' }],
  ['a closed connection', { kind: 'unreachable' }],
  ["a proxy's 413", { kind: 'rejected', reason: 'in-front' }],
  ["ntfy's 400", { kind: 'rejected' }],
];

for (const [title, failure] of failures) {
  describe(`a completion that is always answered with ${title}`, () => {
    test('is accepted in its last form within two minutes, and settled once', async () => {
      const outbox = startPoisoned(failure);
      outbox.publish(completionOf(poison));
      await publishProgress(outbox, 120);
      assert.deepEqual(outbox.outcomes('completion'), ['accepted']);
      const forms = formsOf(outbox, 'completion');
      assert.deepEqual([...new Set(forms)], ['full', 'plain', 'fixed']);
      assert.equal(forms.at(-1), 'fixed');
      assert.ok(forms.length <= 13, `${forms.length} attempts`);
    });

    test('delays no other completion by more than a few seconds', async () => {
      const outbox = startPoisoned(failure, () => false);
      outbox.publish(completionOf(poison));
      await publishProgress(outbox, 60);
      for (let n = 10; n < 40; n += 1) {
        const publishedAt = outbox.clock.now();
        outbox.publish(completionOf(hashOf(n)));
        await publishProgress(outbox, 20);
        const sent = outbox.sent.find(({ notification }) => notification.key === hashOf(n));
        assert.ok(
          (sent?.at ?? Infinity) - publishedAt <= 3 * SECOND,
          `after ${(sent?.at ?? NaN) - publishedAt} ms`,
        );
      }
    });

    test('is never dropped, and is sent at most every few minutes', async () => {
      const outbox = startPoisoned(failure, () => false);
      outbox.publish(completionOf(poison));
      await publishProgress(outbox, 10 * 60);
      const before = formsOf(outbox, 'completion').length;
      await publishProgress(outbox, 60 * 60);
      const attempts = formsOf(outbox, 'completion').length - before;
      assert.ok(attempts >= 11 && attempts <= 25, `${attempts} attempts in an hour`);
      assert.deepEqual(outbox.outcomes('completion'), []);
      outbox.world.publish = () => live;
      await publishProgress(outbox, 5 * 60);
      assert.deepEqual(outbox.outcomes('completion'), ['accepted']);
    });
  });
}

test('ten rejected completions at once do not delay the eleventh by a minute', async () => {
  const outbox = startOutbox();
  const bad = new Set(Array.from({ length: 10 }, (_, n) => hashOf(100 + n)));
  outbox.world.publish = ({ key }, form) => (bad.has(key) && form !== 'fixed' ? failed({}) : live);
  outbox.publish(...Array.from(bad, (key) => completionOf(key)), completionOf(hashOf(1)));
  await outbox.pass(30 * SECOND);
  assert.ok(outbox.settled().some(({ notification }) => notification.key === hashOf(1)));
  await publishProgress(outbox, 10 * 60);
  assert.equal(outbox.outcomes('completion').length, 11);
});

describe('while an ntfy is down', () => {
  for (const kind of ['unreachable', 'broken', 'misdirected', 'protocol'] as const) {
    test(`no message is simplified or dropped, and each is sent in full (${kind})`, async () => {
      const outbox = startOutbox();
      outbox.world.publish = () => failed({ kind });
      for (let n = 0; n < 5; n += 1) {
        outbox.publish(completionOf(hashOf(n)), cardDeleteOf(hashOf(10 + n)), progressOf(hashOf(20 + n), 10));
        await publishProgress(outbox, 600, hashOf(50));
      }
      await outbox.pass(6 * HOUR);
      assert.deepEqual([...new Set(outbox.sent.map(({ form }) => form))], ['full']);
      outbox.world.publish = () => live;
      await outbox.pass(10 * MINUTE);
      assert.deepEqual(new Set(outbox.outcomes('completion')), new Set(['accepted']));
      assert.ok(!outbox.settled().some(({ outcome }) => outcome === 'refused'));
      assert.deepEqual(outbox.reportsOf('outbox.simplified'), []);
      assert.deepEqual([...new Set(outbox.sent.map(({ form }) => form))], ['full']);
    });
  }

  test('it receives a few requests an hour, however many messages wait', async () => {
    const outbox = startOutbox({ rate: null });
    outbox.world.publish = () => failed({ kind: 'unreachable' });
    outbox.publish(...Array.from({ length: 500 }, (_, n) => completionOf(hashOf(n))));
    await outbox.pass(HOUR);
    const before = outbox.sent.length;
    await outbox.pass(HOUR);
    assert.ok(before <= 40, `${before} attempts in the first hour`);
    assert.ok(
      outbox.sent.length - before <= 30,
      `${outbox.sent.length - before} attempts in the second hour`,
    );
    outbox.world.publish = () => live;
    await outbox.pass(10 * MINUTE);
    assert.equal(outbox.outcomes('completion').length, 500);
  });
});

describe('progress that is rejected', () => {
  test('is sent without its name, and keeps that form', async () => {
    const outbox = startPoisoned({ kind: 'misdirected', reason: 'in-front' });
    for (let minute = 0; minute < 10; minute += 1) {
      outbox.publish(progressOf(poison, minute + 1));
      await publishProgress(outbox, 60);
    }
    const forms = formsOf(outbox, 'progress');
    assert.equal(forms.at(-1), 'fixed');
    const first = forms.indexOf('fixed');
    assert.deepEqual(new Set(forms.slice(first)), new Set(['fixed']));
    assert.ok(outbox.outcomes('progress').filter((outcome) => outcome === 'accepted').length > 100);
  });

  test('in every form is dropped, and the next progress waits', async () => {
    const outbox = startPoisoned({ kind: 'broken' }, () => false);
    for (let n = 0; n < 720; n += 1) {
      outbox.publish(progressOf(poison, n % 99), progressOf(hashOf(2), n % 99));
      await outbox.pass(5 * SECOND);
    }
    assert.ok(outbox.outcomes('progress').includes('refused'));
    assert.ok(formsOf(outbox, 'progress').length <= 40, `${formsOf(outbox, 'progress').length} in an hour`);
  });

  test('has no stored attempts after its card was deleted', async () => {
    const outbox = startPoisoned({ kind: 'broken' });
    outbox.publish(progressOf(poison, 1));
    await publishProgress(outbox, 120);
    assert.equal(outbox.actor.getSnapshot().context.attempts.size, 1);
    outbox.publish(completionOf(poison));
    await publishProgress(outbox, 120);
    outbox.world.publish = () => live;
    outbox.publish(cardDeleteOf(poison), cardDeleteOf(hashOf(2)));
    await outbox.pass(MINUTE);
    assert.deepEqual([...outbox.actor.getSnapshot().context.attempts], []);
  });
});

test('a deletion that is always rejected delays no message, is sent in another form, and is dropped in the end', async () => {
  const outbox = startOutbox();
  outbox.world.publish = ({ kind }) => (kind === 'card-delete' ? failed({}) : live);
  for (let n = 0; n < 20; n += 1) {
    const [key, publishedAt] = [hashOf(n + 10), outbox.clock.now()];
    outbox.publish(completionOf(key), cardDeleteOf(key));
    await publishProgress(outbox, 60);
    const sent = outbox.sent.find(
      ({ notification }) => notification.kind === 'completion' && notification.key === key,
    );
    assert.ok(
      (sent?.at ?? Infinity) - publishedAt <= 3 * SECOND,
      `after ${(sent?.at ?? NaN) - publishedAt} ms`,
    );
  }
  await publishProgress(outbox, 10 * 60);
  assert.deepEqual(new Set(outbox.outcomes('card-delete')), new Set(['refused']));
  assert.equal(outbox.outcomes('card-delete').length, 20);
  assert.deepEqual([...new Set(formsOf(outbox, 'card-delete', hashOf(10)))], ['full', 'fixed']);
  assert.deepEqual([...outbox.actor.getSnapshot().context.attempts], []);
  assert.equal(outbox.actor.getSnapshot().context.sent.size, 1, 'only the torrent that still downloads');
});

test('a rejected completion that waits for its next attempt does not delay the end of the process', async () => {
  const outbox = startPoisoned({ kind: 'broken' }, () => false);
  outbox.publish(completionOf(poison));
  await publishProgress(outbox, 20 * 60);
  await outbox.pass(MINUTE);
  const { context } = outbox.actor.getSnapshot();
  assert.equal(context.lanes.completion.size, 1);
  assert.equal(isLeaving(context, 1000), false);
  outbox.publish(completionOf(hashOf(9)));
  assert.equal(isLeaving(outbox.actor.getSnapshot().context, 1000), true);
});
