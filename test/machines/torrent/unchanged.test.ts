import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Observation } from '../../../machines/domain.ts';
import { startShown, startTorrent } from '../following.ts';

/** The states that looks lead through, each once. */
function passed(torrent: ReturnType<typeof startTorrent>, look: () => void): string[] {
  const states = new Set<string>();
  const watching = torrent.actor.subscribe(({ value }) => states.add(JSON.stringify(value)));
  look();
  watching.unsubscribe();
  return [...states];
}

describe('a look that shows nothing new', () => {
  test('leaves the torrent where it is, which knows the newest all the same', () => {
    const torrent = startShown();
    const states = passed(torrent, () => {
      torrent.observe({ progress: 0.501, speed: 7 });
      torrent.observe({ progress: 0.502, speed: 8 });
    });
    assert.deepEqual(states, ['{"polling":"downloading"}']);
    assert.equal(torrent.actor.getSnapshot().context.seen.observation?.speed, 8);
    assert.deepEqual(torrent.tells(), []);
  });

  test('while ntfy has yet to answer changes nothing of what it waits for', () => {
    const torrent = startTorrent();
    torrent.session('ready');
    torrent.observe({ progress: 0.5 });
    const [told] = torrent.tells();
    torrent.observe({ progress: 0.501 });
    assert.equal(torrent.state(), 'notifying.progress.waiting');
    torrent.told(told);
    assert.equal(torrent.state(), 'polling.downloading');
  });

  test('is told for what it is when it has lasted', () => {
    const torrent = startShown();
    torrent.observe({ phase: 'queued' });
    torrent.observe({ phase: 'queued' });
    assert.deepEqual(torrent.tells(), []);
    torrent.observe({ phase: 'queued' });
    assert.equal(torrent.tells().length, 1);
  });

  test('after one that missed it counts as found: only what is missed twice in a row is gone', () => {
    const torrent = startShown();
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
      const torrent = startShown();
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
      assert.deepEqual([torrent.state(), torrent.tells()], ['polling.downloading', []]);
    });
  }
});
