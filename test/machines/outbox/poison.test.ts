/** One message fails whatever is done; the others must not notice. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isLeaving } from '../../../machines/outbox/traffic.ts';
import type { Failure, Form, Notification } from '../../../machines/domain.ts';
import { completionOf, hashOf, HOUR, MINUTE, progressOf, SECOND } from '../fixtures.ts';
import { cardDeleteOf, live, startOutbox } from '../publishing.ts';

const poison = hashOf(1);

const failed = (failure: Partial<Failure>) => ({
  ok: false as const,
  failure: { kind: 'broken', message: 'no', ...failure } satisfies Failure,
});

type Outbox = ReturnType<typeof startOutbox>;

/** An ntfy behind something that answers like this to each message of one torrent, but for its last form. */
function startPoisoned(
  failure: Partial<Failure>,
  passes: (form: Form) => boolean = (form) => form === 'fixed',
) {
  const outbox = startOutbox();
  outbox.world.publish = ({ key }, form) => (key === poison && !passes(form) ? failed(failure) : live);
  return outbox;
}

/** A healthy torrent whose card moves each five seconds. */
async function moveOn(outbox: Outbox, seconds: number, key = hashOf(2)): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 5) {
    outbox.tell(progressOf(key, Math.floor(passed / 5) % 99));
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
    test('arrives in its last form within two minutes, and is told once', async () => {
      const outbox = startPoisoned(failure);
      outbox.tell(completionOf(poison));
      await moveOn(outbox, 120);
      assert.deepEqual(outbox.outcomes('completion'), ['accepted']);
      const forms = formsOf(outbox, 'completion');
      assert.deepEqual([...new Set(forms)], ['full', 'plain', 'fixed']);
      assert.equal(forms.at(-1), 'fixed');
      assert.ok(forms.length <= 13, `${forms.length} attempts`);
    });

    test('delays no other completion by more than a few seconds', async () => {
      const outbox = startPoisoned(failure, () => false);
      outbox.tell(completionOf(poison));
      await moveOn(outbox, 60);
      for (let n = 10; n < 40; n += 1) {
        const told = outbox.clock.now();
        outbox.tell(completionOf(hashOf(n)));
        await moveOn(outbox, 20);
        const sent = outbox.sent.find(({ notification }) => notification.key === hashOf(n));
        assert.ok((sent?.at ?? Infinity) - told <= 3 * SECOND, `after ${(sent?.at ?? NaN) - told} ms`);
      }
    });

    test('is never given up, and not sent more than every few minutes', async () => {
      const outbox = startPoisoned(failure, () => false);
      outbox.tell(completionOf(poison));
      await moveOn(outbox, 10 * 60);
      const before = formsOf(outbox, 'completion').length;
      await moveOn(outbox, 60 * 60);
      const attempts = formsOf(outbox, 'completion').length - before;
      assert.ok(attempts >= 11 && attempts <= 25, `${attempts} attempts in an hour`);
      assert.deepEqual(outbox.outcomes('completion'), []);
      outbox.world.publish = () => live;
      await moveOn(outbox, 5 * 60);
      assert.deepEqual(outbox.outcomes('completion'), ['accepted']);
    });
  });
}

test('ten rejected completions at once do not delay the eleventh by a minute', async () => {
  const outbox = startOutbox();
  const bad = new Set(Array.from({ length: 10 }, (_, n) => hashOf(100 + n)));
  outbox.world.publish = ({ key }, form) => (bad.has(key) && form !== 'fixed' ? failed({}) : live);
  outbox.tell(...Array.from(bad, (key) => completionOf(key)), completionOf(hashOf(1)));
  await outbox.pass(30 * SECOND);
  assert.ok(outbox.told().some(({ notification }) => notification.key === hashOf(1)));
  await moveOn(outbox, 10 * 60);
  assert.equal(outbox.outcomes('completion').length, 11);
});

describe('while an ntfy is down', () => {
  for (const kind of ['unreachable', 'broken', 'misdirected', 'protocol'] as const) {
    test(`nothing is simplified or dropped, and all of it arrives in full (${kind})`, async () => {
      const outbox = startOutbox();
      outbox.world.publish = () => failed({ kind });
      for (let n = 0; n < 5; n += 1) {
        outbox.tell(completionOf(hashOf(n)), cardDeleteOf(hashOf(10 + n)), progressOf(hashOf(20 + n), 10));
        await moveOn(outbox, 600, hashOf(50));
      }
      await outbox.pass(6 * HOUR);
      assert.deepEqual([...new Set(outbox.sent.map(({ form }) => form))], ['full']);
      outbox.world.publish = () => live;
      await outbox.pass(10 * MINUTE);
      assert.deepEqual(new Set(outbox.outcomes('completion')), new Set(['accepted']));
      assert.ok(!outbox.told().some(({ outcome }) => outcome === 'refused'));
      assert.deepEqual(outbox.reports('outbox.simplified'), []);
      assert.deepEqual([...new Set(outbox.sent.map(({ form }) => form))], ['full']);
    });
  }

  test('it is asked a few times an hour, however many messages wait', async () => {
    const outbox = startOutbox({ rate: null });
    outbox.world.publish = () => failed({ kind: 'unreachable' });
    outbox.tell(...Array.from({ length: 500 }, (_, n) => completionOf(hashOf(n))));
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
  test('is shown without its name, and keeps that form', async () => {
    const outbox = startPoisoned({ kind: 'misdirected', reason: 'in-front' });
    for (let minute = 0; minute < 10; minute += 1) {
      outbox.tell(progressOf(poison, minute + 1));
      await moveOn(outbox, 60);
    }
    const forms = formsOf(outbox, 'progress');
    assert.equal(forms.at(-1), 'fixed');
    const first = forms.indexOf('fixed');
    assert.deepEqual(new Set(forms.slice(first)), new Set(['fixed']));
    assert.ok(outbox.outcomes('progress').filter((outcome) => outcome === 'accepted').length > 100);
  });

  test('in every form is dropped, and its next is not sent hot', async () => {
    const outbox = startPoisoned({ kind: 'broken' }, () => false);
    for (let n = 0; n < 720; n += 1) {
      outbox.tell(progressOf(poison, n % 99), progressOf(hashOf(2), n % 99));
      await outbox.pass(5 * SECOND);
    }
    assert.ok(outbox.outcomes('progress').includes('refused'));
    assert.ok(formsOf(outbox, 'progress').length <= 40, `${formsOf(outbox, 'progress').length} in an hour`);
  });

  test('is forgotten when its card is gone', async () => {
    const outbox = startPoisoned({ kind: 'broken' });
    outbox.tell(progressOf(poison, 1));
    await moveOn(outbox, 120);
    assert.equal(outbox.actor.getSnapshot().context.attempts.size, 1);
    outbox.tell(completionOf(poison));
    await moveOn(outbox, 120);
    outbox.world.publish = () => live;
    outbox.tell(cardDeleteOf(poison), cardDeleteOf(hashOf(2)));
    await outbox.pass(MINUTE);
    assert.deepEqual([...outbox.actor.getSnapshot().context.attempts], []);
  });
});

test('a deletion that is always rejected delays nothing, tries another way, and is dropped at last', async () => {
  const outbox = startOutbox();
  outbox.world.publish = ({ kind }) => (kind === 'card-delete' ? failed({}) : live);
  for (let n = 0; n < 20; n += 1) {
    const [key, told] = [hashOf(n + 10), outbox.clock.now()];
    outbox.tell(completionOf(key), cardDeleteOf(key));
    await moveOn(outbox, 60);
    const sent = outbox.sent.find(
      ({ notification }) => notification.kind === 'completion' && notification.key === key,
    );
    assert.ok((sent?.at ?? Infinity) - told <= 3 * SECOND, `after ${(sent?.at ?? NaN) - told} ms`);
  }
  await moveOn(outbox, 10 * 60);
  assert.deepEqual(new Set(outbox.outcomes('card-delete')), new Set(['refused']));
  assert.equal(outbox.outcomes('card-delete').length, 20);
  assert.deepEqual([...new Set(formsOf(outbox, 'card-delete', hashOf(10)))], ['full', 'fixed']);
  assert.deepEqual([...outbox.actor.getSnapshot().context.attempts], []);
  assert.equal(outbox.actor.getSnapshot().context.sent.size, 1, 'only the one that still moves');
});

test('a rejected completion that waits for its next attempt does not hold up the end of the process', async () => {
  const outbox = startPoisoned({ kind: 'broken' }, () => false);
  outbox.tell(completionOf(poison));
  await moveOn(outbox, 20 * 60);
  await outbox.pass(MINUTE);
  const { context } = outbox.actor.getSnapshot();
  assert.equal(context.lanes.completion.size, 1);
  assert.equal(isLeaving(context, 1000), false);
  outbox.tell(completionOf(hashOf(9)));
  assert.equal(isLeaving(outbox.actor.getSnapshot().context, 1000), true);
});
