/** Polls in simulated time, in a separate process. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readShipped } from '../../../src/development/shipped.ts';
import type { Polls, PollsResult } from './polls-process.ts';

/** The Dockerfile's flags for V8: the compilers decide what a comparison costs. Those of the permission model are for the image. */
const flags = (): string[] => readShipped().flags.filter((flag) => !/^--(?:permission|allow-)/.test(flag));

/** Polls this many torrents with and without rules, in turns. */
export async function poll(what: Polls): Promise<PollsResult> {
  // Node's test runner, which the simulated clock uses, prints at its end that there were no tests.
  const child = fork(new URL('./polls-process.ts', import.meta.url), {
    execArgv: flags(),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the polls ended too early')));
  child.send(what);
  const [result] = (await Promise.race([once(child, 'message'), ended])) as [PollsResult];
  ended.catch(() => undefined);
  child.disconnect();
  return result;
}
