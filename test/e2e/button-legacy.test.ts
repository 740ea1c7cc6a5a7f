/** An ntfy that does not update cards in place gets no buttons. */
import assert from 'node:assert/strict';
import { realTest, until } from '../servers/index.ts';
import type { SeenRequest } from '../servers/index.ts';
import { startScene } from './harness.ts';

const FIELDS = ['message', 'priority', 'sequence_id', 'tags', 'title', 'topic'];

/** The fields of each message that was published. */
const fieldsOf = (requests: readonly SeenRequest[]): string[][] =>
  requests
    .filter(({ method, path }) => method === 'POST' && path === '/')
    .map(({ body }) => Object.keys(JSON.parse(body) as object).toSorted());

for (const [ntfy, env, what] of [
  ['legacy', { COMMAND_TOPIC: 'commands' }, 'ntfy 2.11 gets the same messages with a command topic'],
  ['current', {}, 'without a command topic'],
] as const)
  realTest(
    `${what}, and nothing is read`,
    { needs: ['qbittorrent 5.1', `ntfy ${ntfy}`, 'curl'] },
    async () => {
      await using scene = await startScene({ qbittorrent: '5.1', ntfy, env, rate: 400_000 });
      const { file } = scene.seed.serve('a.iso', 2_000_000);
      await scene.qbittorrent.addTorrent(file);
      await until('it is announced', async () =>
        (await scene.messages()).some(({ title }) => title === 'Download Complete'),
      );
      await until('nothing is tracked', async () => (await scene.status()).torrents.length === 0);
      const { requests } = scene.toNtfy;
      const published = fieldsOf(requests);
      assert.ok(published.length >= 2);
      for (const fields of published) assert.deepEqual(fields, FIELDS);
      assert.deepEqual(
        requests.filter(({ path }) => path.includes('/json')),
        [],
      );
      assert.equal(requests.filter(({ path }) => path === '/v1/config').length, ntfy === 'legacy' ? 1 : 0);
    },
  );
