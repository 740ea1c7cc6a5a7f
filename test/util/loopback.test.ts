import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLoopback } from '../../src/server/index.ts';

test('loopback includes the names and addresses of this machine in any form, and nothing else', () => {
  for (const name of [
    'localhost',
    '127.0.0.1',
    '::1',
    '[::1]',
    'LOCALHOST',
    '::ffff:127.0.0.1',
    '[::FFFF:7f00:1]',
  ])
    assert.ok(isLoopback(name), name);
  for (const name of [
    '0.0.0.0',
    '::',
    '127.0.0.6',
    '::ffff:127.0.0.6',
    '[::ffff:7f00:6]',
    'localhost.example',
    '',
  ])
    assert.ok(!isLoopback(name), name);
});
