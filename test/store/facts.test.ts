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
  saveEvent(store, { type: 'incident.save', troubled: true });
  saveEvent(store, { type: 'sounds.save', sounds });
  store.close();

  const next = open(dir).store;
  assert.deepEqual(restoredState(next), { records: [following(1)], troubled: true, sounds });
  saveEvent(next, { type: 'incident.save', troubled: false });
  next.close();
  const last = open(dir).store;
  assert.deepEqual(restoredState(last), { records: [following(1)], troubled: false, sounds });
  last.close();
});

test('stored facts that cannot be parsed are ignored', (t) => {
  for (const invalid of ['loud', { 'qbittorrent.unreachable': 'noon' }, [1], null]) {
    const dir = tempDir(t);
    fill(dir, [], { troubled: 'yes', sounds: invalid });
    const { store } = open(dir);
    assert.deepEqual(restoredState(store), { records: [], troubled: false, sounds: {} });
    store.close();
  }
});
