/** Many completions at once on real servers, with ntfy's default limits and the default settings. */
import assert from 'node:assert/strict';
import { realTest, until } from '../servers/index.ts';
import { isSummarized, startManyDownloads } from '../support/many.ts';
import { startSidecar } from '../support/sidecar.ts';

const COUNT = 200;
/** Seconds of the limit for messages: a minute of completions, and the time until all are notified. */
const PERIOD = 90;

for (const [what, seconds] of [
  ['together', 0],
  ['evenly over a minute', 60],
] as const)
  realTest(
    `${COUNT} downloads that complete ${what} while the summary shows are all on the phone, each once, by few messages and five sounds`,
    { needs: ['qbittorrent 5.1', 'ntfy current', 'curl'] },
    async (t) => {
      await using stack = new AsyncDisposableStack();
      const downloads = stack.use(await startManyDownloads(COUNT));
      const sidecar = await startSidecar({
        ...downloads.env,
        // The defaults, which other tests do not use.
        NTFY_RATE: 'auto',
        DIGEST_FROM: '4',
        SUMMARY_FROM: '8',
        POLL_INTERVAL: '5s',
      });
      stack.defer(() => sidecar.stop());
      await downloads.add(sidecar.hook.port);
      await until('the summary shows all', () => isSummarized(downloads), { every: 500 });
      const result = await downloads.complete(seconds, sidecar.ops.port);
      const { names, messages, span, sounds, refused, lastAfter } = result;
      t.diagnostic(
        `all notified ${lastAfter.toFixed(1)} s after the last: ${messages} messages in ${span} s, ${sounds} sounds`,
      );
      assert.deepEqual(names.toSorted(), downloads.torrents.map(({ name }) => name).toSorted());
      assert.equal(refused, 0);
      assert.ok(sounds <= 5, `${sounds} sounds`);
      // On a slow machine the downloads take longer than a minute, and there are more updates.
      assert.ok(messages <= 25 * Math.max(1, span / PERIOD), `${messages} messages in ${span} s`);
    },
  );
