import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { match } from '../../../machines/matcher/matching.ts';
import { hashOf, seen } from '../fixtures.ts';

const [v1, v2, other] = [hashOf(1), hashOf(2), hashOf(3)];

describe('a hash that a poll did not find', () => {
  const hybrid = seen({ hash: v2, v1, v2 });

  test('is found by the v1 hash that the torrent had before its metadata arrived', () => {
    assert.deepEqual(match([v1], [hybrid]), { renamed: [{ from: v1, observation: hybrid }], missed: [] });
  });

  test('is found by the v2 hash of a torrent that is listed under its v1 hash', () => {
    const listed = seen({ hash: v1, v1, v2 });
    assert.deepEqual(match([v2], [listed]).renamed, [{ from: v2, observation: listed }]);
  });

  test('is found under its own ID when it came back between the two requests', () => {
    const listed = seen({ hash: other });
    assert.deepEqual(match([other], [listed]), {
      renamed: [{ from: other, observation: listed }],
      missed: [],
    });
  });

  test('belongs to the torrent with that ID before one that only shares the hash', () => {
    const own = seen({ hash: v1, v1, name: 'own' });
    const sharing = seen({ hash: v2, v1, v2, name: 'sharing' });
    for (const list of [
      [own, sharing],
      [sharing, own],
    ]) {
      assert.equal(match([v1], list).renamed[0]?.observation.name, 'own');
    }
  });

  test('is missed when no torrent has it', () => {
    assert.deepEqual(match([other], [hybrid]), { renamed: [], missed: [other] });
    assert.deepEqual(match([other], []), { renamed: [], missed: [other] });
  });

  test('does not match a torrent whose other hashes are unknown', () => {
    assert.deepEqual(match([other], [seen({ hash: v1, v1: null, v2: null })]).missed, [other]);
  });
});

test('two hashes of one torrent are both found as that torrent', () => {
  const { renamed, missed } = match([v1, v2, other], [seen({ hash: v2, v1, v2 })]);
  assert.deepEqual(
    renamed.map(({ from }) => from),
    [v1, v2],
  );
  assert.deepEqual(missed, [other]);
});
