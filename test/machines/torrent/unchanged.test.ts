import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Observation } from '../../../machines/domain.ts';
import { createTestRules } from '../../support/rules.ts';
import { startWithCard, startTorrent } from '../torrent-harness.ts';

/** The states that it enters while `act` runs, each once. */
function statesDuring(torrent: ReturnType<typeof startTorrent>, act: () => void): string[] {
  const states = new Set<string>();
  const subscription = torrent.actor.subscribe(({ value }) => states.add(JSON.stringify(value)));
  act();
  subscription.unsubscribe();
  return [...states];
}

describe('an observation without changes', () => {
  test('causes no transition, and its values are available', () => {
    const torrent = startWithCard();
    const states = statesDuring(torrent, () => {
      torrent.observe({ progress: 0.501, speed: 7 });
      torrent.observe({ progress: 0.502, speed: 8 });
    });
    assert.deepEqual(states, ['{"polling":"downloading"}']);
    assert.equal(torrent.actor.getSnapshot().context.seen.observation?.speed, 8);
    assert.deepEqual(torrent.newlyRequested(), []);
  });

  test('does not replace a pending notification', () => {
    const torrent = startTorrent();
    torrent.session('ready');
    torrent.observe({ progress: 0.5 });
    const [progress] = torrent.newlyRequested();
    torrent.observe({ progress: 0.501 });
    assert.equal(torrent.state(), 'notifying.progress.waiting');
    torrent.accept(progress);
    assert.equal(torrent.state(), 'polling.downloading');
  });

  test('causes an update when its phase has lasted', () => {
    const torrent = startWithCard();
    torrent.observe({ phase: 'queued' });
    torrent.observe({ phase: 'queued' });
    assert.deepEqual(torrent.newlyRequested(), []);
    torrent.observe({ phase: 'queued' });
    assert.equal(torrent.newlyRequested().length, 1);
  });

  test('ends a series of misses: only two misses in a row count', () => {
    const torrent = startWithCard();
    torrent.miss();
    torrent.observe({ progress: 0.5 });
    torrent.miss();
    assert.equal(torrent.state(), 'polling.downloading');
    torrent.miss();
    assert.equal(torrent.state(), 'notifying.removal');
  });
});

describe('a poll that shows another field that rules match', () => {
  const changes: Array<Partial<Observation>> = [
    { category: 'films' },
    { tags: ['a'] },
    { tracker: 'tracker.example' },
    { path: '/films' },
    { private: true },
    { name: 'other.iso' },
    { size: 5 },
  ];
  for (const change of changes) {
    test(`is a change of the torrent, once: ${JSON.stringify(change)}`, () => {
      const torrent = startWithCard({ rules: createTestRules().rules });
      const { actor } = torrent;
      torrent.observe();
      const before = actor.getSnapshot().context.seen;
      torrent.observe();
      assert.equal(actor.getSnapshot().context.seen, before, 'an unchanged poll creates no snapshot');
      torrent.observe(change);
      const changed = actor.getSnapshot().context.seen;
      assert.notEqual(changed, before);
      assert.partialDeepStrictEqual(changed.observation, change);
      torrent.observe(structuredClone(change));
      assert.equal(actor.getSnapshot().context.seen, changed);
      assert.deepEqual([torrent.state(), torrent.newlyRequested()], ['polling.downloading', []]);
    });

    test(`is available without rules, and causes no transition: ${JSON.stringify(change)}`, () => {
      const torrent = startWithCard();
      torrent.observe();
      const before = torrent.actor.getSnapshot();
      torrent.observe(change);
      assert.equal(torrent.actor.getSnapshot(), before);
      assert.partialDeepStrictEqual(before.context.seen.observation, change);
    });
  }
});
