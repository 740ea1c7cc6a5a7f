import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createAttempts } from '../../src/server/attempts.ts';
import type { Attempts } from '../../src/server/attempts.ts';
import { networkOf } from '../../src/util/network.ts';

/** Sends this many different wrong tokens. */
function guess(attempts: Attempts, address: string, times: number, start = 0): void {
  for (let n = start; n < start + times; n += 1) attempts.count(address, `guess ${n}`);
}

describe('an address', () => {
  test('may send nine wrong tokens, and is locked out for the rest of the minute after the tenth', () => {
    let now = 0;
    const attempts = createAttempts(() => now);
    guess(attempts, '10.1.2.3', 9);
    assert.ok(!attempts.isLockedOut('10.1.2.3'));
    now = 50_000;
    guess(attempts, '10.1.2.3', 1, 9);
    assert.ok(attempts.isLockedOut('10.1.2.3'));
    assert.ok(!attempts.isLockedOut('10.1.2.4'));
    now = 59_999;
    assert.ok(attempts.isLockedOut('10.1.2.3'));
    now = 60_000;
    assert.ok(!attempts.isLockedOut('10.1.2.3'));
  });

  test('that repeats one outdated token is not locked out', () => {
    const attempts = createAttempts(() => 0);
    for (let times = 0; times < 1000; times += 1) attempts.count('10.1.2.3', 'outdated');
    assert.ok(!attempts.isLockedOut('10.1.2.3'));
    guess(attempts, '10.1.2.3', 9);
    assert.ok(attempts.isLockedOut('10.1.2.3'));
  });

  test('of IPv6 is counted with all others of its /64', () => {
    const attempts = createAttempts(() => 0);
    for (let n = 0; n < 10; n += 1) attempts.count(`2001:db8:1:2:${n}:${n}::${n}`, `guess ${n}`);
    assert.ok(attempts.isLockedOut('2001:db8:1:2:ffff::1'));
    assert.ok(!attempts.isLockedOut('2001:db8:1:3::1'));
  });

  test('stays locked out while ten thousand others send wrong tokens', () => {
    const attempts = createAttempts(() => 0);
    guess(attempts, '10.1.2.3', 10);
    for (let n = 0; n < 10_000; n += 1) guess(attempts, `10.2.${n >> 8}.${n & 255}`, 1, n);
    assert.ok(attempts.isLockedOut('10.1.2.3'));
  });

  test('of this machine has its own count, also when a thousand others are locked out', () => {
    const attempts = createAttempts(() => 0);
    for (let n = 0; n < 2000; n += 1) guess(attempts, `10.2.${n >> 8}.${n & 255}`, 10);
    assert.ok(attempts.isLockedOut('10.9.9.9'), 'all others share a count');
    for (const address of ['127.0.0.1', '::1']) {
      assert.ok(!attempts.isLockedOut(address));
      guess(attempts, address, 10);
      assert.ok(attempts.isLockedOut(address));
    }
  });

  test('has its own count again after a flood', () => {
    let now = 0;
    const attempts = createAttempts(() => now);
    for (let n = 0; n < 2000; n += 1) guess(attempts, `10.2.${n >> 8}.${n & 255}`, 10);
    now = 60_000;
    guess(attempts, '10.9.9.9', 10);
    assert.ok(attempts.isLockedOut('10.9.9.9'));
    assert.ok(!attempts.isLockedOut('10.9.9.8'));
  });
});

test('an IPv6 address is counted by its first 64 bits, however it is written, and IPv4 by itself', () => {
  const networks = {
    '10.1.2.3': '10.1.2.3',
    '::ffff:10.1.2.3': '10.1.2.3',
    '::1': '0:0:0:0::/64',
    '2001:db8::1': '2001:db8:0:0::/64',
    '2001:0DB8:0000:0000:1:2:3:4': '2001:db8:0:0::/64',
    '2001:db8:1:2:3:4:5:6': '2001:db8:1:2::/64',
    '1::2:3:4:5:6:7': '1:0:2:3::/64',
    '64:ff9b::10.1.2.3': '64:ff9b:0:0::/64',
    'fe80::1%eth0': 'fe80:0:0:0::/64',
    undefined: 'undefined',
  };
  for (const [address, network] of Object.entries(networks)) assert.equal(networkOf(address), network);
});
