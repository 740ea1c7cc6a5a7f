import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Phase } from '../../../machines/domain.ts';
import { seen } from '../fixtures.ts';
import { startShown, startTorrent } from '../following.ts';

describe('a torrent that is not found', () => {
  test('is gone after two misses in a row, and its card is taken away', () => {
    const torrent = startShown();
    torrent.miss();
    assert.equal(torrent.state(), 'polling.downloading');
    assert.deepEqual(torrent.tells(), []);
    torrent.miss();
    assert.equal(torrent.state(), 'notifying.removal');
    assert.deepEqual(
      torrent.tells().map(({ kind }) => kind),
      ['card-delete'],
    );
    torrent.told();
    assert.deepEqual(
      torrent.closed().map((report) => report.type === 'torrent.finished' && report.end),
      ['removed'],
    );
  });

  test('is not gone when it is seen in between', () => {
    const torrent = startShown();
    for (let count = 0; count < 100; count += 1) {
      torrent.miss();
      torrent.observe({ progress: 0.5 });
    }
    assert.equal(torrent.state(), 'polling.downloading');
    assert.deepEqual(torrent.heard.length, 1);
  });

  test('and never had a card ends without a word', () => {
    const torrent = startTorrent();
    torrent.session('ready');
    torrent.miss();
    torrent.miss();
    assert.deepEqual([torrent.state(), torrent.telling()], ['removed', []]);
    assert.equal(torrent.closed().length, 1);
  });

  test('while ntfy has yet to answer is gone as well, and a late answer changes nothing', () => {
    const torrent = startShown();
    torrent.observe({ progress: 0.6 });
    const [progress] = torrent.tells();
    torrent.miss();
    torrent.miss();
    assert.equal(torrent.state(), 'notifying.removal');
    torrent.told(progress);
    assert.equal(torrent.state(), 'notifying.removal');
    torrent.told();
    assert.equal(torrent.state(), 'removed');
  });

  test('and a card that ntfy may have got, though nobody heard so, is taken away', () => {
    const torrent = startTorrent();
    torrent.session('ready');
    torrent.observe();
    torrent.miss();
    torrent.miss();
    assert.deepEqual(
      torrent.telling().map(({ kind }) => kind),
      ['progress', 'card-delete'],
    );
  });
});

describe('a session that is lost', () => {
  const phases: Phase[] = ['metadata', 'queued', 'stopped', 'checking', 'moving', 'unknown'];
  for (const phase of phases) {
    test(`while a torrent is ${phase} sends it back to its login, and on from there`, () => {
      const torrent = startTorrent();
      torrent.session('ready');
      torrent.observe({ phase });
      torrent.session('lost');
      assert.equal(torrent.state(), 'login');
      torrent.session('ready');
      assert.match(torrent.state(), /^polling\./);
    });
  }

  test('while a card is told sends it back to its login; what ntfy took is not told again', () => {
    const torrent = startShown();
    torrent.observe({ progress: 0.6 });
    torrent.session('lost');
    assert.equal(torrent.state(), 'login');
    torrent.told();
    torrent.session('ready');
    torrent.tells();
    torrent.observe({ progress: 0.6 });
    assert.deepEqual([torrent.state(), torrent.tells()], ['polling.downloading', []]);
  });

  test('does not keep a last word from being told', () => {
    const torrent = startShown();
    torrent.observe({ phase: 'complete', progress: 1 });
    torrent.session('lost');
    assert.equal(torrent.state(), 'notifying.completion');
    torrent.told();
    torrent.session('lost');
    assert.equal(torrent.state(), 'notifying.cardDeletion');
    torrent.told();
    assert.equal(torrent.state(), 'complete');
  });

  test('does not keep the card of a torrent that is gone', () => {
    const torrent = startShown();
    torrent.miss();
    torrent.miss();
    torrent.session('lost');
    torrent.told();
    assert.equal(torrent.state(), 'removed');
  });

  test('is no miss: a torrent that was missed once before it needs another to be gone', () => {
    const torrent = startShown();
    torrent.miss();
    torrent.session('lost');
    torrent.session('ready');
    assert.equal(torrent.state(), 'polling.downloading');
    torrent.miss();
    assert.equal(torrent.state(), 'notifying.removal');
  });
});

describe('a record from an earlier life', () => {
  const finished = seen({ phase: 'complete', progress: 1 });
  const told = { percent: 90, phase: 'downloading' } as const;

  test('with a completion in it tells that, without waiting for qBittorrent', () => {
    const torrent = startTorrent({ record: { stage: 'completing', finished, shown: told } });
    assert.equal(torrent.state(), 'notifying.completion');
    const [completion] = torrent.telling();
    assert.deepEqual(completion?.kind === 'completion' && completion.torrent, finished);
    torrent.told();
    torrent.told();
    assert.equal(torrent.state(), 'complete');
  });

  test('whose completion ntfy has only takes its card away', () => {
    const torrent = startTorrent({ record: { stage: 'completed', finished, shown: told } });
    assert.deepEqual(
      torrent.telling().map(({ kind }) => kind),
      ['card-delete'],
    );
    torrent.told();
    assert.equal(torrent.state(), 'complete');
  });

  test('of a torrent that is gone only takes its card away', () => {
    const torrent = startTorrent({ record: { stage: 'removed', shown: told } });
    torrent.told();
    assert.equal(torrent.state(), 'removed');
  });
});
