import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Phase } from '../../../machines/domain.ts';
import { seen } from '../fixtures.ts';
import { key, startWithCard, startTorrent } from '../torrent-harness.ts';
import { timersOf } from '../harness.ts';

describe('a torrent', () => {
  test('goes from its hook to its completion, with a card in between', () => {
    const torrent = startTorrent();
    const states = [torrent.state()];
    const step = (act: () => void) => {
      act();
      states.push(torrent.state());
    };
    step(() => torrent.session('ready'));
    step(() => torrent.observe({ phase: 'metadata', progress: 0 }));
    step(() => torrent.observe({ phase: 'downloading', progress: 0.1 }));
    step(() => torrent.accept());
    step(() => torrent.observe({ phase: 'complete', progress: 1 }));
    step(() => torrent.accept());
    step(() => torrent.accept());
    assert.deepEqual(states, [
      'login',
      'polling.unknown',
      'polling.metadata',
      'notifying.progress.waiting',
      'polling.downloading',
      'notifying.completion',
      'notifying.cardDeletion',
      'complete',
    ]);
    assert.deepEqual(
      torrent.requested().map(({ kind }) => kind),
      ['progress', 'completion', 'card-delete'],
    );
    const last = seen({ hash: key, phase: 'complete', progress: 1, downloaded: 501_000, duration: 500 });
    assert.deepEqual(torrent.finishedEvents(), [
      { type: 'torrent.finished', key, end: 'complete', name: 'debian.iso', last },
    ]);
  });

  test('that was finished before its first observation causes one message, and no card deletion', () => {
    const torrent = startTorrent();
    torrent.session('ready');
    torrent.observe({ phase: 'complete', progress: 1 });
    torrent.accept();
    assert.deepEqual(
      torrent.requested().map(({ kind }) => kind),
      ['completion'],
    );
    assert.equal(torrent.state(), 'complete');
  });

  test('sends nothing before there is a session', () => {
    const torrent = startTorrent();
    torrent.observe();
    torrent.miss();
    torrent.miss();
    assert.deepEqual([torrent.state(), torrent.sent], ['login', []]);
  });

  test('has no timer in any state', () => {
    const torrent = startTorrent();
    torrent.session('ready');
    for (const phase of ['metadata', 'stalled', 'failed', 'downloading', 'complete'] as const) {
      torrent.observe({ phase });
      assert.deepEqual(timersOf(torrent.clock), []);
    }
  });
});

describe('while a torrent is', () => {
  for (const phase of ['metadata', 'queued', 'stopped', 'checking', 'moving', 'unknown'] as const) {
    test(`${phase} from the start, it never has a card`, () => {
      const torrent = startTorrent();
      torrent.session('ready');
      for (let count = 0; count < 2000; count += 1) torrent.observe({ phase, progress: 0.3 });
      assert.equal(torrent.state(), `polling.${phase}`);
      assert.deepEqual(torrent.requested(), []);
    });
  }

  for (const phase of ['checking', 'moving', 'unknown'] as const) {
    test(`${phase}, it is not complete and its percent does not decrease, whatever progress is reported`, () => {
      const torrent = startWithCard();
      for (const progress of [1, 0, 0.99, 0.2]) torrent.observe({ phase, progress });
      for (const notification of torrent.newlyRequested()) {
        assert.equal(notification.kind, 'progress');
        assert.ok(notification.kind !== 'progress' || notification.card.percent >= 50);
      }
      torrent.accept(torrent.requested().at(-1));
      torrent.observe({ phase: 'complete', progress: 1 });
      assert.deepEqual(
        torrent.newlyRequested().map(({ kind }) => kind),
        ['completion'],
      );
    });
  }

  test('downloading with all its bytes, it is not complete', () => {
    const torrent = startWithCard();
    torrent.observe({ phase: 'downloading', progress: 1 });
    assert.deepEqual(
      torrent
        .newlyRequested()
        .map((notification) => notification.kind === 'progress' && notification.card.percent),
      [99],
    );
  });

  test('stalled for a moment, its card still shows "downloading"', () => {
    const torrent = startWithCard();
    for (let count = 0; count < 20; count += 1) torrent.observe({ phase: 'stalled', progress: 0.5 });
    assert.deepEqual(torrent.newlyRequested(), []);
    for (let count = 0; count < 10; count += 1) torrent.observe({ phase: 'stalled', progress: 0.5 });
    assert.deepEqual(
      torrent
        .newlyRequested()
        .map((notification) => notification.kind === 'progress' && notification.card.phase),
      ['stalled'],
    );
  });
});

describe('the notifications of a torrent', () => {
  test('are sent once: the same percent in the same phase is not repeated', () => {
    const torrent = startWithCard();
    for (let count = 0; count < 100; count += 1) torrent.observe({ progress: 0.5, speed: count });
    assert.deepEqual(torrent.newlyRequested(), []);
  });

  test('never decrease the percent', () => {
    const torrent = startWithCard();
    const percents: number[] = [];
    for (const progress of [0.6, 0.1, 0.61, 0.3, 0.7]) {
      torrent.observe({ progress });
      for (const notification of torrent.newlyRequested())
        if (notification.kind === 'progress') percents.push(notification.card.percent);
      torrent.accept();
    }
    assert.deepEqual(percents, [60, 61, 70]);
  });

  test('replace each other while ntfy is slow: only the answer to the newest counts', () => {
    const torrent = startWithCard();
    for (const progress of [0.51, 0.52, 0.53]) torrent.observe({ progress });
    const [first, , third] = torrent.newlyRequested();
    assert.equal(torrent.state(), 'notifying.progress.waiting');
    torrent.accept(first);
    assert.equal(torrent.state(), 'notifying.progress.waiting', 'the answer to an older one');
    torrent.accept(third);
    assert.equal(torrent.state(), 'polling.downloading');
  });

  test('include the completion at once, also before ntfy has answered to the progress', () => {
    const torrent = startWithCard();
    torrent.observe({ progress: 0.6 });
    const [progress] = torrent.newlyRequested();
    torrent.observe({ phase: 'complete', progress: 1 });
    assert.equal(torrent.state(), 'notifying.completion');
    torrent.accept(progress);
    assert.equal(torrent.state(), 'notifying.completion');
    torrent.accept();
    assert.equal(torrent.state(), 'notifying.cardDeletion');
  });

  test('include one completion, whatever is observed afterwards', () => {
    const torrent = startWithCard();
    for (const phase of ['complete', 'checking', 'downloading', 'complete'] satisfies Phase[]) {
      torrent.observe({ phase, progress: 1 });
    }
    torrent.miss();
    torrent.miss();
    assert.deepEqual(
      torrent.newlyRequested().map(({ kind }) => kind),
      ['completion'],
    );
    torrent.accept();
    torrent.accept();
    assert.equal(torrent.finishedEvents().length, 1);
  });

  test('are not repeated after a restart when the record has the same card state', () => {
    const torrent = startTorrent({ record: { shown: { percent: 50, phase: 'downloading' } } });
    torrent.session('ready');
    for (const progress of [0.1, 0.4, 0.5]) torrent.observe({ progress });
    assert.deepEqual(torrent.requested(), []);
    torrent.observe({ progress: 0.51 });
    assert.equal(torrent.requested().length, 1);
  });
});

describe('a completion', () => {
  test('has the last observation', () => {
    const torrent = startTorrent();
    torrent.session('ready');
    torrent.observe({ phase: 'complete', progress: 1, name: 'other.iso' });
    const [completion] = torrent.requested();
    assert.deepEqual(
      completion?.kind === 'completion' && completion.torrent,
      seen({ hash: key, phase: 'complete', progress: 1, name: 'other.iso' }),
    );
  });
});
