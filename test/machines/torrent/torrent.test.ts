import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Phase } from '../../../machines/domain.ts';
import { seen } from '../fixtures.ts';
import { key, startShown, startTorrent } from '../following.ts';
import { timersOf } from '../harness.ts';

describe('a torrent', () => {
  test('goes from its hook to its last word, a card on the way', () => {
    const torrent = startTorrent();
    const states = [torrent.state()];
    const step = (act: () => void) => {
      act();
      states.push(torrent.state());
    };
    step(() => torrent.session('ready'));
    step(() => torrent.observe({ phase: 'metadata', progress: 0 }));
    step(() => torrent.observe({ phase: 'downloading', progress: 0.1 }));
    step(() => torrent.told());
    step(() => torrent.observe({ phase: 'complete', progress: 1 }));
    step(() => torrent.told());
    step(() => torrent.told());
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
      torrent.telling().map(({ kind }) => kind),
      ['progress', 'completion', 'card-delete'],
    );
    assert.deepEqual(torrent.closed(), [
      { type: 'torrent.finished', key, end: 'complete', name: 'debian.iso' },
    ]);
  });

  test('that was finished before it was ever seen costs one message, and no card is taken away', () => {
    const torrent = startTorrent();
    torrent.session('ready');
    torrent.observe({ phase: 'complete', progress: 1 });
    torrent.told();
    assert.deepEqual(
      torrent.telling().map(({ kind }) => kind),
      ['completion'],
    );
    assert.equal(torrent.state(), 'complete');
  });

  test('says nothing before there is a session', () => {
    const torrent = startTorrent();
    torrent.observe();
    torrent.miss();
    torrent.miss();
    assert.deepEqual([torrent.state(), torrent.heard], ['login', []]);
  });

  test('has no timer, whatever it does', () => {
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
    test(`${phase} from the start, it has no card, for hours`, () => {
      const torrent = startTorrent();
      torrent.session('ready');
      for (let count = 0; count < 2000; count += 1) torrent.observe({ phase, progress: 0.3 });
      assert.equal(torrent.state(), `polling.${phase}`);
      assert.deepEqual(torrent.telling(), []);
    });
  }

  for (const phase of ['checking', 'moving', 'unknown'] as const) {
    test(`${phase}, it is neither complete nor gone back, whatever number it shows`, () => {
      const torrent = startShown();
      for (const progress of [1, 0, 0.99, 0.2]) torrent.observe({ phase, progress });
      for (const tell of torrent.tells()) {
        assert.equal(tell.kind, 'progress');
        assert.ok(tell.kind !== 'progress' || tell.card.percent >= 50);
      }
      torrent.told(torrent.telling().at(-1));
      torrent.observe({ phase: 'complete', progress: 1 });
      assert.deepEqual(
        torrent.tells().map(({ kind }) => kind),
        ['completion'],
      );
    });
  }

  test('downloading with all its bytes, it is not complete', () => {
    const torrent = startShown();
    torrent.observe({ phase: 'downloading', progress: 1 });
    assert.deepEqual(
      torrent.tells().map((tell) => tell.kind === 'progress' && tell.card.percent),
      [99],
    );
  });

  test('stalled for a moment, its card goes on saying "downloading"', () => {
    const torrent = startShown();
    for (let count = 0; count < 20; count += 1) torrent.observe({ phase: 'stalled', progress: 0.5 });
    assert.deepEqual(torrent.tells(), []);
    for (let count = 0; count < 10; count += 1) torrent.observe({ phase: 'stalled', progress: 0.5 });
    assert.deepEqual(
      torrent.tells().map((tell) => tell.kind === 'progress' && tell.card.phase),
      ['stalled'],
    );
  });
});

describe('what is told', () => {
  test('is told once: the same percent in the same phase is no news', () => {
    const torrent = startShown();
    for (let count = 0; count < 100; count += 1) torrent.observe({ progress: 0.5, speed: count });
    assert.deepEqual(torrent.tells(), []);
  });

  test('never goes backwards', () => {
    const torrent = startShown();
    const percents: number[] = [];
    for (const progress of [0.6, 0.1, 0.61, 0.3, 0.7]) {
      torrent.observe({ progress });
      for (const tell of torrent.tells()) if (tell.kind === 'progress') percents.push(tell.card.percent);
      torrent.told();
    }
    assert.deepEqual(percents, [60, 61, 70]);
  });

  test('is the newest: what is seen while ntfy is slow takes the place of what waits', () => {
    const torrent = startShown();
    for (const progress of [0.51, 0.52, 0.53]) torrent.observe({ progress });
    const [first, , third] = torrent.tells();
    assert.equal(torrent.state(), 'notifying.progress.waiting');
    torrent.told(first);
    assert.equal(
      torrent.state(),
      'notifying.progress.waiting',
      'an answer to an older one is not for the newest',
    );
    torrent.told(third);
    assert.equal(torrent.state(), 'polling.downloading');
  });

  test('is a completion at once, also while ntfy has yet to answer to the progress', () => {
    const torrent = startShown();
    torrent.observe({ progress: 0.6 });
    const [progress] = torrent.tells();
    torrent.observe({ phase: 'complete', progress: 1 });
    assert.equal(torrent.state(), 'notifying.completion');
    torrent.told(progress);
    assert.equal(torrent.state(), 'notifying.completion');
    torrent.told();
    assert.equal(torrent.state(), 'notifying.cardDeletion');
  });

  test('is one completion, whatever is seen after it', () => {
    const torrent = startShown();
    for (const phase of ['complete', 'checking', 'downloading', 'complete'] satisfies Phase[]) {
      torrent.observe({ phase, progress: 1 });
    }
    torrent.miss();
    torrent.miss();
    assert.deepEqual(
      torrent.tells().map(({ kind }) => kind),
      ['completion'],
    );
    torrent.told();
    torrent.told();
    assert.equal(torrent.closed().length, 1);
  });

  test('was told already, where the record says so: a restart repeats nothing', () => {
    const torrent = startTorrent({ record: { shown: { percent: 50, phase: 'downloading' } } });
    torrent.session('ready');
    for (const progress of [0.1, 0.4, 0.5]) torrent.observe({ progress });
    assert.deepEqual(torrent.telling(), []);
    torrent.observe({ progress: 0.51 });
    assert.equal(torrent.telling().length, 1);
  });
});

describe('a completion names what was seen', () => {
  test('when it was complete', () => {
    const torrent = startTorrent();
    torrent.session('ready');
    torrent.observe({ phase: 'complete', progress: 1, name: 'other.iso' });
    const [completion] = torrent.telling();
    assert.deepEqual(
      completion?.kind === 'completion' && completion.torrent,
      seen({ hash: key, phase: 'complete', progress: 1, name: 'other.iso' }),
    );
  });
});
