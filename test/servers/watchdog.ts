/**
 * The runner loads it into every test file's process (`--import`): a file whose tests are over, but which
 * still has something open, ends as a failure and does not hang the pipeline. `--test-force-exit` would also
 * end it, but loses results that are not written yet.
 */
import { after, beforeEach } from 'node:test';

const TIME_LIMIT = 15_000;
let timer: NodeJS.Timeout | undefined;

after(() => {
  timer = setTimeout(giveUp, TIME_LIMIT).unref();
});
beforeEach(() => clearTimeout(timer)); // a test that was added late, after a top-level await

function giveUp(): void {
  const held = [...new Set(process.getActiveResourcesInfo())].join(', ');
  process.stderr.write(`All tests are over, but the process still holds: ${held}\n`);
  process.exit(1);
}
