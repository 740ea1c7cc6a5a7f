import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRotation } from '../../src/qbittorrent/rotation.ts';
import { secret } from '../../src/util/secret.ts';

function startRotation() {
  const file = { text: 'old' };
  const auth = { kind: 'password', username: 'admin', password: secret(() => file.text) } as const;
  return { file, rotation: createRotation({ url: 'http://qbittorrent.test', auth }) };
}

test('a password whose file changed while it was refused counts as changed at once', async () => {
  const { file, rotation } = startRotation();
  rotation.recordSent();
  file.text = 'new';
  await rotation.until(AbortSignal.timeout(1000));
});

test('a password that stays the same does not count as changed until the wait is aborted', async () => {
  const { rotation } = startRotation();
  rotation.recordSent();
  await assert.rejects(rotation.until(AbortSignal.timeout(50)));
});
