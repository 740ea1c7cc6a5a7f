/** The tests' own ntfy: everything that other tests rely on, on each generation. */
import assert from 'node:assert/strict';
import { realTest, startNtfy } from './index.ts';
import type { NtfyGeneration } from './index.ts';

const ntfys: readonly NtfyGeneration[] = ['legacy', 'current'];

function publish(url: string, fields: Record<string, unknown>, token = ''): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: token === '' ? {} : { authorization: `Bearer ${token}` },
    body: JSON.stringify({ topic: 'downloads', ...fields }),
  });
}

for (const generation of ntfys) {
  const needs = [`ntfy ${generation}`] as const;

  realTest(
    `a ${generation} ntfy ${generation === 'current' ? 'echoes' : 'does not support'} sequence IDs, and published messages are read back`,
    { needs },
    async () => {
      await using ntfy = await startNtfy(generation);
      assert.match(ntfy.version, generation === 'legacy' ? /^2\.1[0-5]\./ : /^2\.(1[6-9]|[2-9]\d)\./);
      await publish(ntfy.url, { message: '10 %', sequence_id: 'card', priority: 2 });
      await publish(ntfy.url, { message: '20 % 🎬', sequence_id: 'card', priority: 2 });
      const messages = await ntfy.messages('downloads');
      assert.deepEqual(
        messages.map(({ message }) => message),
        ['10 %', '20 % 🎬'],
      );
      const sequences = messages.map(({ sequence_id }) => sequence_id);
      assert.deepEqual(sequences, generation === 'current' ? ['card', 'card'] : [undefined, undefined]);
    },
  );

  realTest(
    `a ${generation} ntfy with users requires a token, and with a cache file keeps messages across a restart`,
    { needs },
    async () => {
      const users = [
        { name: 'sidecar', password: 'a long password', access: { downloads: 'write-only' } },
      ] as const;
      await using ntfy = await startNtfy(generation, { auth: { users }, cacheFile: true });
      assert.equal((await publish(ntfy.url, { message: 'nobody' })).status, 403);
      assert.equal((await publish(ntfy.url, { message: 'sidecar' }, ntfy.tokens['sidecar'])).status, 200);
      await ntfy.restart();
      const messages = await ntfy.messages('downloads');
      assert.deepEqual(
        messages.map(({ message }) => message),
        ['sidecar'],
      );
    },
  );

  realTest(
    `reading from a ${generation} ntfy costs the sidecar none of its requests`,
    { needs },
    async () => {
      await using ntfy = await startNtfy(generation, { requestLimit: { burst: 3, replenish: '1h' } });
      for (let read = 0; read < 10; read++) await ntfy.messages('downloads');
      const statuses: number[] = [];
      for (let request = 0; request < 4; request++)
        statuses.push((await publish(ntfy.url, { message: 'm' })).status);
      assert.deepEqual(statuses, [200, 200, 200, 429]);
      await using generous = await startNtfy(generation, { requestLimit: 'none' });
      for (let request = 0; request < 70; request++)
        assert.equal((await publish(generous.url, { message: 'm' })).status, 200);
    },
  );
}
