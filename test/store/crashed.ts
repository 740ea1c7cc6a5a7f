/**
 * A process that saves completions by number, each in a write of its own, and kills itself:
 * `node crashed.ts <folder> <first> <count>`.
 */
import { openStore } from '../../src/store/index.ts';
import { createLogger } from '../../src/log/index.ts';
import { completing } from './fixtures.ts';

const [dir = '', first = '0', count = '0'] = process.argv.slice(2);
const store = openStore({ dir, log: createLogger({ level: 'error' }) });
for (let index = Number(first); index < Number(first) + Number(count); index += 1) {
  store.save(completing(index));
  await Promise.resolve();
}
process.kill(process.pid, 'SIGKILL');
