import { setTimeout as sleep } from 'node:timers/promises';
import { parseConfig } from '../config/index.ts';
import type { Config } from '../config/index.ts';
import { createLogger } from '../log/index.ts';
import { start } from '../main.ts';
import type { Sidecar } from '../main.ts';
import { createPhone, startNtfySimulator, startQbittorrentSimulator } from '../simulator/index.ts';
import type { QbittorrentSimulator } from '../simulator/index.ts';
import { createScreen } from './screen.ts';
import type { Screen } from './screen.ts';
import { play } from './story.ts';
import { subscribe } from './subscribe.ts';

/** Faster than the defaults, so that a minute shows what else takes an evening. Milliseconds. */
const PACE = { gather: 300, settle: 1500, stall: 3000, idleInterval: 1000 };

/**
 * The whole sidecar, as it runs in production, on embedded servers: nothing to set up. `QBIT_HOST` or `NTFY_TOPIC` in
 * the environment puts a real server in the place of an embedded one; then it goes on until it is interrupted.
 */
export async function demo(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  await using stack = new AsyncDisposableStack();
  // A reader that goes away (`| head`) ends the demo, not with a crash.
  process.stdout.once('error', () => process.exit(0));
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const defaults: Record<string, string> = { POLL_INTERVAL: '1s', OPS_HOST: '127.0.0.1', OPS_PORT: '0' };
  let simulator: QbittorrentSimulator | null = null;
  let sidecar: Sidecar | null = null;
  if (given['QBIT_HOST'] === undefined) {
    const hook = async (hash: string) => {
      await fetch(`http://localhost:${sidecar?.hook.port}/track?hash=${hash}`, { method: 'POST' });
    };
    simulator = stack.use(await startQbittorrentSimulator({ hook }));
    const { url, username, password } = simulator;
    Object.assign(defaults, { HOOK_PORT: '0', QBIT_HOST: url, QBIT_USER: username, QBIT_PASS: password });
  }
  if (given['NTFY_TOPIC'] === undefined && given['NTFY_TOPIC_FILE'] === undefined) {
    const ntfy = stack.use(await startNtfySimulator());
    Object.assign(defaults, { NTFY_TOPIC: `${ntfy.url}/downloads`, NTFY_RATE: 'unlimited' });
  }
  const parsed = parseConfig({ ...defaults, ...given });
  if (!parsed.ok) {
    process.stderr.write(`${parsed.message}\n`);
    process.exitCode = 78;
    return;
  }
  const screen = stack.use(createScreen());
  const ended = interruption();
  sidecar = await open(parsed.config, screen, ended.signal);
  stack.defer(async () => sidecar?.stop());
  screen.say(addressOf(sidecar));
  if (simulator === null) {
    screen.say('Add a torrent to your qBittorrent, with the hook of the README. Ctrl-C ends this.');
    await ended.promise;
    return;
  }
  await Promise.race([play({ simulator, sidecar }), ended.promise]);
  // The last card is deleted in the moment in which the last torrent ends: the stream brings it a little later.
  await sleep(300);
  screen.end(`qBittorrent saw ${simulator.logins} logins: one at the start, one after its session was lost.`);
}

async function open(config: Config, screen: Screen, signal: AbortSignal): Promise<Sidecar> {
  const phone = createPhone();
  await subscribe(config.ntfy, signal, (event) => {
    phone.receive(event);
    screen.show({ cards: phone.cards(), heard: phone.heard, event });
  });
  const log = createLogger({ level: config.logLevel, pretty: true, write: (line) => screen.log(line) });
  return start({ config, log, policy: PACE });
}

function addressOf({ hook, ops }: Sidecar): string {
  return `The hook listens on port ${hook.port}; http://localhost:${ops.port}/status tells what is followed.`;
}

/** Ctrl-C, or a plain kill. */
function interruption() {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => {
    controller.abort();
    resolve();
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, end);
  return { promise, signal: controller.signal };
}
