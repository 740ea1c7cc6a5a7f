import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBoundedMap } from '../../src/util/bounded-map.ts';

test('after a flood of keys only the newest are left', () => {
  const map = createBoundedMap<string, number>(1000);
  for (let n = 0; n < 100_000; n += 1) {
    map.set(`key ${n}`, n);
    map.set(`key ${n}`, n);
    assert.ok(map.size <= 1000);
  }
  assert.equal(map.size, 1000);
  assert.deepEqual(
    [map.get('key 98999'), map.get('key 99000'), map.get('key 99999')],
    [undefined, 99_000, 99_999],
  );
  assert.ok(map.delete('key 99999') && !map.delete('key 0'));
  assert.equal(map.size, 999);
});
