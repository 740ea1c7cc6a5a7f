/** From the start of the process to its open port. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../servers/ports.ts';
import { removeFolder, temporaryFolder } from '../../servers/processes.ts';
import { atMostTimes } from '../lib/figure.ts';
import type { Context, Figure, Row } from '../lib/figure.ts';
import { BUNDLE } from '../../../src/development/bundle.ts';
import { bundlePeer, launch } from '../lib/subjects.ts';

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function startOf(file: string, env: (port: number) => Record<string, string>): Promise<number> {
  const home = temporaryFolder('start');
  const port = await freePort();
  const from = performance.now();
  const server = launch({ file, env: env(port) }, home);
  while (!(await isOpen(port))) await sleep(1);
  const took = performance.now() - from;
  await server.stop();
  await removeFolder(home);
  return took;
}

/** Servers that do not exist: the port is open before the first request to them. */
const settings = (port: number) => ({
  HOOK_PORT: String(port),
  OPS_PORT: '0',
  QBIT_HOST: 'http://127.0.0.1:9',
  NTFY_TOPIC: 'http://127.0.0.1:9/downloads',
});

async function measure({ quick }: Context): Promise<Row[]> {
  const floor = await bundlePeer('floor');
  const runs: { floor: number[]; sidecar: number[] } = { floor: [], sidecar: [] };
  for (let round = 0; round < (quick ? 5 : 25); round += 1) {
    runs.floor.push(await startOf(floor, (port) => ({ PORT: String(port) })));
    runs.sidecar.push(await startOf(BUNDLE, settings));
  }
  return [
    atMostTimes(2.5, 'at most 2.5 times', {
      what: 'start to open port',
      unit: 'ms',
      runs: runs.sidecar,
      peer: { what: 'bare Node with one `listen`', runs: runs.floor },
    }),
  ];
}

export const start: Figure = {
  name: 'start',
  title: 'Start',
  how: 'From the start of the process to the first connection that its port accepts, tried each millisecond.',
  measure,
};
