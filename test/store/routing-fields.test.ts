import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TorrentRecord } from '../../machines/domain.ts';
import { restoredRoutes, restoredState, saveEvent, saveRoutes } from '../../src/store/index.ts';
import { urgencyOf } from '../../src/store/writer.ts';
import { completing, fill, following, hashOf, open, reopen, tempDir } from './fixtures.ts';

const fixed = {
  title: 'Film',
  message: 'It is there',
  tags: ['popcorn'],
  priority: 5,
  click: 'https://example.org',
};

const routed = completing(1, {
  cardRoute: 'f1',
  alertRoute: 'f2',
  oldCards: ['f3'],
  oldAlerts: ['f4'],
  alertDiverted: true,
  alertShown: false,
  moving: true,
  added: { route: 'f1', done: true },
  removal: {
    kind: 'removed',
    key: hashOf(1),
    name: 'x',
    percent: 3,
    at: 5,
    route: 'f1',
    rule: 'r',
    priority: 1,
  },
  ifRemoved: { name: 'x', route: 'f1', rule: 'r', priority: 3 },
  route: 'f1',
  rule: 'films',
  excluded: true,
  fixed,
});

describe('where the cards of a torrent are, and what was fixed with its completion', () => {
  test('is read back as it was stored', (t) => {
    const dir = tempDir(t);
    fill(dir, [routed]);
    assert.deepEqual(reopen(dir).records, [routed]);
  });

  test('loses only what cannot be parsed', (t) => {
    const dir = tempDir(t);
    const invalid = {
      ...routed,
      cardRoute: 7,
      oldCards: 'f3',
      added: { route: 'f1' },
      removal: { kind: 'progress' },
      fixed: { ...fixed, click: 'javascript:alert(1)' },
    };
    fill(dir, [invalid as unknown as TorrentRecord]);
    const expected = {
      ...routed,
      cardRoute: 'default',
      oldCards: [],
      added: null,
      removal: null,
      fixed: null,
    };
    assert.deepEqual(reopen(dir).records, [expected]);
  });
});

test('a rule that applies, and received bytes, are written before anything can be sent, without an fsync', () => {
  assert.equal(urgencyOf(following(1), following(1, { route: 'f1', rule: 'r', excluded: true })), 'soon');
  assert.equal(urgencyOf(following(1), following(1, { received: true })), 'soon');
  assert.equal(urgencyOf(following(1), following(1, { route: 'f1', oldCards: ['f2'] })), 'now');
});

test('a finish hook is written with the others of the same run, and survives a power loss', () => {
  const record = following(1);
  assert.equal(urgencyOf(record, { ...record, finishHookAt: 1 }), 'together');
  assert.equal(urgencyOf({ ...record, finishHookAt: 1 }, record), 'together');
  assert.equal(urgencyOf(record, { ...record, finishHookAt: 1, quiet: true }), 'now');
});

test('topics and notices survive a restart, and are deleted when there are none', (t) => {
  const dir = tempDir(t);
  const routes = { f1: { server: 'https://ntfy.example', topic: 'films' } };
  const notices = { rules: true, topic: true, refused: ['f1'] };
  const { store } = open(dir);
  saveRoutes(store, routes);
  saveEvent(store, { type: 'notices.save', notices });
  store.close();
  const next = open(dir).store;
  assert.deepEqual(restoredRoutes(next), routes);
  assert.deepEqual(restoredState(next).notices, notices);
  saveRoutes(next, {});
  saveEvent(next, { type: 'notices.save', notices: { rules: false, topic: false, refused: [] } });
  next.close();
  assert.equal(reopen(dir).facts.size, 0);
});
