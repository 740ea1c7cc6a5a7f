/**
 * A process that opens a store, saves, and prints a report as JSON: `node store-script.ts <StoreProcessOptions as JSON>`.
 */
import { createLogger } from '../../src/log/index.ts';
import { openStore } from '../../src/store/index.ts';
import { big } from './fixtures.ts';
import type { Report, StoreProcessOptions } from './store-process.ts';

const options: StoreProcessOptions = JSON.parse(process.argv[2] ?? '');
const { dir, save = 0, user, close = true, hold = 0 } = options;
if (user !== undefined) process.setuid?.(user);
const store = openStore({ dir, log: createLogger({ level: 'error', write: () => {} }) });
const report: Report = { found: store.records, before: store.health, after: store.health, saved: 0 };
const first = big(1000);
for (let index = 1000; index < 1000 + save; index += 1) {
  store.save(index === 1000 ? first : big(index));
  if (store.health.kind === 'disk') report.saved += 1;
  await Promise.resolve();
}
report.after = store.health;
// This change would be written after a second, when the process has ended.
if (!close) store.save({ ...first, shown: { percent: 1, phase: 'moving' } });
process.stdout.write(`${JSON.stringify(report)}\n`);
if (close) setTimeout(() => store.close(), hold);
