import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Phase } from '../../../machines/domain.ts';
import { seen } from '../fixtures.ts';
import { startWithCard, startTorrent } from '../torrent-harness.ts';

describe('a missed torrent', () => {
  test('is removed after two misses in a row, and its card is deleted', () => {
    const torrent = startWithCard();
    torrent.miss();
    assert.equal(torrent.state(), 'polling.downloading');
    assert.deepEqual(torrent.newlyRequested(), []);
    torrent.miss();
    assert.equal(torrent.state(), 'notifying.removal');
    assert.deepEqual(
      torrent.newlyRequested().map(({ kind }) => kind),
      ['card-delete'],
    );
    torrent.accept();
    assert.deepEqual(
      torrent.finishedEvents().map((report) => report.type === 'torrent.finished' && report.end),
      ['removed'],
    );
  });

  test('is not removed when it is observed in between', () => {
    const torrent = startWithCard();
    for (let count = 0; count < 100; count += 1) {
      torrent.miss();
      torrent.observe({ progress: 0.5 });
    }
    assert.equal(torrent.state(), 'polling.downloading');
    assert.deepEqual(torrent.sent.length, 1);
  });

  test('without a card ends without a notification', () => {
    const torrent = startTorrent();
    torrent.session('ready');
    torrent.miss();
    torrent.miss();
    assert.deepEqual([torrent.state(), torrent.requested()], ['removed', []]);
    assert.equal(torrent.finishedEvents().length, 1);
  });

  test('is also removed before ntfy has answered, and a late answer changes nothing', () => {
    const torrent = startWithCard();
    torrent.observe({ progress: 0.6 });
    const [progress] = torrent.newlyRequested();
    torrent.miss();
    torrent.miss();
    assert.equal(torrent.state(), 'notifying.removal');
    torrent.accept(progress);
    assert.equal(torrent.state(), 'notifying.removal');
    torrent.accept();
    assert.equal(torrent.state(), 'removed');
  });

  test('causes the deletion of a card whose answer is pending', () => {
    const torrent = startTorrent();
    torrent.session('ready');
    torrent.observe();
    torrent.miss();
    torrent.miss();
    assert.deepEqual(
      torrent.requested().map(({ kind }) => kind),
      ['progress', 'card-delete'],
    );
  });
});

describe('a session that is lost', () => {
  const phases: Phase[] = ['metadata', 'queued', 'stopped', 'checking', 'moving', 'unknown'];
  for (const phase of phases) {
    test(`while a torrent is ${phase} returns it to the login state, and then to polling`, () => {
      const torrent = startTorrent();
      torrent.session('ready');
      torrent.observe({ phase });
      torrent.session('lost');
      assert.equal(torrent.state(), 'login');
      torrent.session('ready');
      assert.match(torrent.state(), /^polling\./);
    });
  }

  test('while a card is sent returns it to the login state, and the accepted card is not sent again', () => {
    const torrent = startWithCard();
    torrent.observe({ progress: 0.6 });
    torrent.session('lost');
    assert.equal(torrent.state(), 'login');
    torrent.accept();
    torrent.session('ready');
    torrent.newlyRequested();
    torrent.observe({ progress: 0.6 });
    assert.deepEqual([torrent.state(), torrent.newlyRequested()], ['polling.downloading', []]);
  });

  test('does not delay a completion and its card deletion', () => {
    const torrent = startWithCard();
    torrent.observe({ phase: 'complete', progress: 1 });
    torrent.session('lost');
    assert.equal(torrent.state(), 'notifying.completion');
    torrent.accept();
    torrent.session('lost');
    assert.equal(torrent.state(), 'notifying.cardDeletion');
    torrent.accept();
    assert.equal(torrent.state(), 'complete');
  });

  test('does not delay the card deletion of a removed torrent', () => {
    const torrent = startWithCard();
    torrent.miss();
    torrent.miss();
    torrent.session('lost');
    torrent.accept();
    assert.equal(torrent.state(), 'removed');
  });

  test('does not count as a miss: a torrent that was missed once is removed by the next miss', () => {
    const torrent = startWithCard();
    torrent.miss();
    torrent.session('lost');
    torrent.session('ready');
    assert.equal(torrent.state(), 'polling.downloading');
    torrent.miss();
    assert.equal(torrent.state(), 'notifying.removal');
  });
});

describe('a stored record', () => {
  const finished = seen({ phase: 'complete', progress: 1 });
  const card = { percent: 90, phase: 'downloading' } as const;

  test('with a pending completion causes it without a poll', () => {
    const torrent = startTorrent({ record: { stage: 'completing', finished, shown: card } });
    assert.equal(torrent.state(), 'notifying.completion');
    const [completion] = torrent.requested();
    assert.deepEqual(completion?.kind === 'completion' && completion.torrent, finished);
    torrent.accept();
    torrent.accept();
    assert.equal(torrent.state(), 'complete');
  });

  test('whose completion was accepted only causes the card deletion', () => {
    const torrent = startTorrent({ record: { stage: 'completed', finished, shown: card } });
    assert.deepEqual(
      torrent.requested().map(({ kind }) => kind),
      ['card-delete'],
    );
    torrent.accept();
    assert.equal(torrent.state(), 'complete');
  });

  test('of a removed torrent only causes the card deletion', () => {
    const torrent = startTorrent({ record: { stage: 'removed', shown: card } });
    torrent.accept();
    assert.equal(torrent.state(), 'removed');
  });
});
