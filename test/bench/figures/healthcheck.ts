/** The cost of the image's own health check. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Context, Figure, Row } from '../lib/figure.ts';
import { cpuOfEnded } from '../lib/proc.ts';
import { BUNDLE } from '../../../src/development/bundle.ts';
import { readShipped } from '../../../src/development/shipped.ts';
import { readHealthcheck } from '../lib/healthcheck.ts';
import { startSidecar } from '../lib/subjects.ts';

const run = promisify(execFile);
/** The time of children has steps of 10 ms: an average over this many is exact enough. */
const TIMES = 10;

/** CPU milliseconds of one of these runs. */
async function cpuOf(args: readonly string[], env: Record<string, string | undefined>): Promise<number> {
  const before = cpuOfEnded();
  for (let n = 0; n < TIMES; n += 1) await run(process.execPath, args, { env });
  return (cpuOfEnded() - before) / TIMES;
}

async function measure({ quick }: Context): Promise<Row[]> {
  await using sidecar = await startSidecar({
    QBIT_HOST: 'http://127.0.0.1:9',
    NTFY_TOPIC: 'http://127.0.0.1:9/downloads',
  });
  const { args, interval } = readHealthcheck();
  const env = { PATH: process.env['PATH'], ...readShipped().env, OPS_PORT: String(sidecar.opsPort) };
  const command = args.map((argument) => (argument.endsWith('.js') ? BUNDLE : argument));
  const [checks, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round < (quick ? 2 : 5); round += 1) {
    bare.push(await cpuOf(['-e', '0'], env));
    checks.push(await cpuOf(command, env));
  }
  return [
    {
      what: `CPU of one check, each ${interval}`,
      unit: 'ms',
      runs: checks,
      peer: { what: '`node -e 0`', runs: bare },
    },
  ];
}

export const healthcheck: Figure = {
  name: 'healthcheck',
  title: 'Health check',
  how: `User and system time of the command that stands in the Dockerfile, which asks a running sidecar, on average of ${TIMES} in a row.`,
  measure,
};
