import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restoredState, saveEvent } from '../../src/store/index.ts';
import { fill, following, open, tempDir } from './fixtures.ts';

test('what the supervisor stored is restored at the next start of the process', (t) => {
  const dir = tempDir(t);
  const { store } = open(dir);
  const sounds = { 'qbittorrent.unreachable': 1_700_000_000_000 };
  saveEvent(store, { type: 'record.save', record: following(1) });
  saveEvent(store, { type: 'record.save', record: following(2) });
  saveEvent(store, { type: 'record.delete', key: following(2).key });
  saveEvent(store, { type: 'incident.save', shown: true });
  saveEvent(store, { type: 'sounds.save', sounds });
  store.close();

  const next = open(dir).store;
  assert.deepEqual(restoredState(next), { records: [following(1)], incidentShown: true, sounds });
  saveEvent(next, { type: 'incident.save', shown: false });
  next.close();
  const last = open(dir).store;
  assert.deepEqual(restoredState(last), { records: [following(1)], incidentShown: false, sounds });
  last.close();
});

test('the topics that may have a summary are restored, and those that cannot be parsed are not', (t) => {
  const dir = tempDir(t);
  const { store } = open(dir);
  saveEvent(store, { type: 'summaries.save', routes: ['default', 'films'] });
  store.close();
  const next = open(dir).store;
  assert.deepEqual(restoredState(next).summaries, ['default', 'films']);
  saveEvent(next, { type: 'summaries.save', routes: [] });
  next.close();
  const last = open(dir).store;
  assert.equal('summaries' in restoredState(last), false);
  assert.equal(last.facts.has('summaries'), false);
  last.close();
  for (const invalid of ['default', [1], [''], { default: true }, ['x'.repeat(65)]]) {
    const other = tempDir(t);
    fill(other, [], { summaries: invalid });
    const opened = open(other).store;
    assert.equal('summaries' in restoredState(opened), false);
    opened.close();
  }
});

test('stored facts that cannot be parsed are ignored', (t) => {
  for (const invalid of ['loud', { 'qbittorrent.unreachable': 'noon' }, [1], null]) {
    const dir = tempDir(t);
    fill(dir, [], { troubled: 'yes', sounds: invalid });
    const { store } = open(dir);
    assert.deepEqual(restoredState(store), { records: [], incidentShown: false, sounds: {} });
    store.close();
  }
});
