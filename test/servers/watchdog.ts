/**
 * Loaded by the runner into every test file's process (`--import`): a file whose tests are over, but which
 * still holds something open, ends as a failure and does not hang the pipeline. `--test-force-exit` would end
 * it too, but loses results that are not written yet.
 */
import { after, beforeEach } from 'node:test';

const PATIENCE = 15_000;
let timer: NodeJS.Timeout | undefined;

after(() => {
  timer = setTimeout(giveUp, PATIENCE).unref();
});
beforeEach(() => clearTimeout(timer)); // a test that was added late, after a top-level await

function giveUp(): void {
  const held = [...new Set(process.getActiveResourcesInfo())].join(', ');
  process.stderr.write(`All tests are over, but the process still holds: ${held}\n`);
  process.exit(1);
}
