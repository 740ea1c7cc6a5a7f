import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keep, keptIn } from '../../src/store/index.ts';
import { fill, following, open, tempDir } from './fixtures.ts';

test('what the supervisor has kept is what the next start of the process hands it', (t) => {
  const dir = tempDir(t);
  const { store } = open(dir);
  const sounds = { 'qbittorrent.unreachable': 1_700_000_000_000 };
  keep(store, { type: 'record.save', record: following(1) });
  keep(store, { type: 'record.save', record: following(2) });
  keep(store, { type: 'record.delete', key: following(2).key });
  keep(store, { type: 'incident.save', troubled: true });
  keep(store, { type: 'sounds.save', sounds });
  store.close();

  const next = open(dir).store;
  assert.deepEqual(keptIn(next), { records: [following(1)], troubled: true, sounds });
  keep(next, { type: 'incident.save', troubled: false });
  next.close();
  const last = open(dir).store;
  assert.deepEqual(keptIn(last), { records: [following(1)], troubled: false, sounds });
  last.close();
});

test('what can not be understood of it counts as nothing', (t) => {
  for (const odd of ['loud', { 'qbittorrent.unreachable': 'noon' }, [1], null]) {
    const dir = tempDir(t);
    fill(dir, [], { troubled: 'yes', sounds: odd });
    const { store } = open(dir);
    assert.deepEqual(keptIn(store), { records: [], troubled: false, sounds: {} });
    store.close();
  }
});
