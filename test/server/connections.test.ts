import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { networkOf } from '../../src/util/network.ts';
import { until } from '../servers/wait.ts';
import { request, serve } from './serving.ts';

describe('the connection that is closed when a limit is exceeded', () => {
  const never = { fetch: () => Promise.withResolvers<Response>().promise };

  test('is the oldest that waits for its client, not one that is being answered', async (t) => {
    const { sockets, send } = await serve(t, never, { connections: { total: 100, perNetwork: 3 } });
    const [answered, idle] = [await send(request('/')), await send('')];
    const third = await send('');
    await until('all are there', () => sockets.size === 3);
    idle.resume();
    await Promise.all([once(idle, 'close'), send('')]);
    assert.deepEqual([answered.destroyed, third.destroyed, sockets.size], [false, false, 3]);
  });

  test('is the new one when all others are being answered', async (t) => {
    const { sockets, send } = await serve(t, never, { connections: { total: 2, perNetwork: 2 } });
    const [one, other] = [await send(request('/')), await send(request('/'))];
    await until(
      'both are being answered',
      () => [...sockets].every(({ bytesRead }) => bytesRead > 0) && sockets.size === 2,
    );
    const late = await send('');
    late.resume();
    await once(late, 'close');
    assert.deepEqual([one.destroyed, other.destroyed], [false, false]);
  });
});

test('connections are counted by address; for IPv6, by /64', () => {
  const cases = {
    '10.1.2.3': '10.1.2.3',
    '::ffff:10.1.2.3': '10.1.2.3',
    '::1': '0:0:0:0::/64',
    '2001:db8::1': '2001:db8:0:0::/64',
    '2001:db8:0:1:ffff:ffff:ffff:ffff': '2001:db8:0:1::/64',
    'fe80::1%eth0': 'fe80:0:0:0::/64',
    '2001:DB8:1:2::': '2001:db8:1:2::/64',
    '': '',
  };
  for (const [address, network] of Object.entries(cases)) assert.equal(networkOf(address), network, address);
});
