/** Downloads in simulated time, in a separate process. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Downloads, DownloadsResult } from './downloads-process.ts';

/** Runs this many simultaneous downloads of this length, and counts their messages. */
export async function download(what: Downloads): Promise<DownloadsResult> {
  // Node's test runner, which the simulated clock uses, prints at its end that there were no tests.
  const child = fork(new URL('./downloads-process.ts', import.meta.url), {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the downloads ended too early')));
  child.send(what);
  const [result] = (await Promise.race([once(child, 'message'), ended])) as [DownloadsResult];
  ended.catch(() => undefined);
  child.disconnect();
  return result;
}
