/** Probes `/livez` once a second, as a kubelet does: with a new connection, whether or not the last was answered. */
import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { Probe, ProbeOptions } from './probe.ts';

const INTERVAL = 1000;
const { port, timeLimit } = workerData as ProbeOptions;

let due = performance.now();
let open = 0;

function probe(): void {
  const at = Date.now();
  const from = performance.now();
  const lag = from - due;
  due = from + INTERVAL;
  let answer = '';
  open += 1;
  const socket = connect(port, '127.0.0.1');
  const timer = setTimeout(() => socket.destroy(), timeLimit);
  socket.setNoDelay(true).on('error', () => {});
  socket.on('data', (data: Buffer) => (answer += data.toString('latin1')));
  socket.once('close', () => {
    clearTimeout(timer);
    const ok = answer.startsWith('HTTP/1.1 200 ');
    const result: Probe = { at, ok, ms: performance.now() - from, lag };
    parentPort?.postMessage(result, []);
    open -= 1;
    if (open === 0 && isOver) parentPort?.close();
  });
  socket.write('GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
}

let isOver = false;
const timer = setInterval(probe, INTERVAL);
probe();
// Waits for the last probes.
parentPort?.once('message', () => {
  clearInterval(timer);
  isOver = true;
  if (open === 0) parentPort?.close();
});
