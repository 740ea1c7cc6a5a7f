/** Debian's Prometheus: the server, and `promtool`, which checks metrics and rules. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../servers/ports.ts';
import { removeFolder, startProcess, temporaryFolder, untilAnswering } from '../servers/processes.ts';
import { installBundle } from './install.ts';
import type { Installed } from './install.ts';
import { startOf } from './start.ts';

/** Unpacks it once; 220 MB. */
export function installPrometheus(): Promise<Installed> {
  return installBundle({ name: 'prometheus', suite: 'trixie', packages: ['prometheus'] });
}

async function start(name: 'prometheus' | 'promtool') {
  const installed = await installPrometheus();
  if (!installed.ok) throw new Error(installed.reason);
  return { ...startOf(installed.root, name), packaged: installed.versions['prometheus'] ?? 'unknown' };
}

/** The result of promtool. */
export interface PromtoolResult {
  /** 0: no problem; 1: unreadable; 3: lint warnings. */
  status: number;
  output: string;
}

/**
 * Runs promtool. Throws where it is not available: the test needs `prometheus`.
 *
 * @example
 * const { status, output } = await promtool(['check', 'metrics'], text);
 */
export async function promtool(args: readonly string[], input = ''): Promise<PromtoolResult> {
  const { command, args: first } = await start('promtool');
  return new Promise((resolve) => {
    const child = execFile(command, [...first, ...args], (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? -1), output: stdout + stderr });
    });
    child.stdin?.end(input);
  });
}

/** A running Prometheus. */
export interface Prometheus extends AsyncDisposable {
  /** The value of each series that an expression gives now, by its labels in JSON. */
  query(expression: string): Promise<Map<string, number>>;
}

/** Starts one that scrapes each second. Throws where it is not available. */
export async function startPrometheus(targets: readonly string[]): Promise<Prometheus> {
  const { packaged, ...program } = await start('prometheus');
  const home = temporaryFolder('prometheus');
  const address = `127.0.0.1:${await freePort()}`;
  const job = { job_name: 'sidecar', static_configs: [{ targets }] };
  const config = { global: { scrape_interval: '1s', scrape_timeout: '1s' }, scrape_configs: [job] };
  // JSON is also YAML.
  writeFileSync(join(home, 'prometheus.yml'), JSON.stringify(config));
  const server = startProcess(
    { ...program, packaged, env: {} },
    ['--config.file=prometheus.yml', '--storage.tsdb.path=data', `--web.listen-address=${address}`],
    home,
  );
  const stop = async () => {
    await server.stop();
    await removeFolder(home);
  };
  try {
    await untilAnswering(server, `http://${address}/-/ready`);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    async query(expression) {
      const answer = await fetch(
        `http://${address}/api/v1/query?${new URLSearchParams({ query: expression }).toString()}`,
      );
      const { data } = (await answer.json()) as Answer;
      return new Map(
        data.result.map(({ metric, value: [, text] }) => [JSON.stringify(metric), Number(text)]),
      );
    },
    [Symbol.asyncDispose]: stop,
  };
}

interface Answer {
  data: { result: { metric: Record<string, string>; value: [number, string] }[] };
}
