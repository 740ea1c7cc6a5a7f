/** All attackers, in a separate thread: their CPU time must not slow down what is measured. */
import { parentPort, workerData } from 'node:worker_threads';
import type { AttackOptions } from './attackers.ts';
import type { Counts } from './connections.ts';
import { attackHook } from './on-hook.ts';
import { attackOps } from './on-ops.ts';

const options = workerData as AttackOptions;
const counts: Counts = {};
attackOps(options, counts);
attackHook(options, counts);
setInterval(() => parentPort?.postMessage(counts, []), 200);
