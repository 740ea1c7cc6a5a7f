import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startNtfySimulator } from '../../src/simulator/index.ts';
import { completionOf } from './cards.ts';
import { clientOf, none, token } from './clients.ts';

describe("the server's quota", () => {
  test('is the number of messages a day, and how many are left', async () => {
    await using ntfy = await startNtfySimulator({ dailyLimit: 250 });
    const client = clientOf(ntfy);
    await client.publish(completionOf());
    assert.deepEqual(await client.allowance(), { daily: 250, left: 249 });
    assert.equal(ntfy.requests.at(-1)?.path, '/v1/account');
  });

  test('is unknown if the server does not report it', async () => {
    await using ntfy = await startNtfySimulator();
    for (const body of [
      '',
      '<html>',
      '{}',
      '{"limits":{"messages":0},"stats":{"messages_remaining":1}}',
      '[]',
    ]) {
      const lift = ntfy.fail('/v1/account', { kind: 'status', status: 200, body });
      assert.equal(await clientOf(ntfy, none).allowance(), null);
      lift();
    }
    ntfy.fail('/v1/account', { kind: 'close' });
    assert.equal(await clientOf(ntfy, none).allowance(), null);
  });

  test('is unknown to a client with a wrong token', async () => {
    await using ntfy = await startNtfySimulator({ token: 'tk_example' });
    assert.equal(await clientOf(ntfy, token('tk_wrong')).allowance(), null);
  });
});
