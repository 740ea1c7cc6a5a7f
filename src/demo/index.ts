import { setTimeout as sleep } from 'node:timers/promises';
import { printError } from '../commands/terminal.ts';
import { parseConfig } from '../config/index.ts';
import type { Config } from '../config/index.ts';
import { createLogger } from '../log/index.ts';
import { start } from '../app/start.ts';
import type { Sidecar } from '../app/start.ts';
import { createPhone, startNtfySimulator, startQbittorrentSimulator } from '../simulator/index.ts';
import type { Phone, QbittorrentSimulator } from '../simulator/index.ts';
import { createScreen } from './screen.ts';
import type { Screen } from './screen.ts';
import { DEMO_POLICY, repeatScenario, runScenario } from './scenario.ts';
import { subscribe } from './subscribe.ts';

/**
 * Runs the sidecar, as in production, with embedded servers: no configuration needed. `QBIT_HOST` or `NTFY_TOPIC` in the
 * environment replaces an embedded server by a real one. With a real qBittorrent, or in a terminal, the demo runs until it
 * is interrupted.
 */
export async function demo(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  await using stack = new AsyncDisposableStack();
  // A closed pipe (`| head`) ends the demo without an error.
  process.stdout.once('error', () => process.exit(0));
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const defaults: Record<string, string> = { POLL_INTERVAL: '1s', OPS_HOST: 'localhost', OPS_PORT: '0' };
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
    const ntfy = stack.use(await startNtfySimulator({ burst: 100_000 }));
    Object.assign(defaults, { NTFY_TOPIC: `${ntfy.url}/downloads`, NTFY_RATE: 'unlimited' });
  }
  const parsed = parseConfig({ ...defaults, ...given });
  if (!parsed.ok) {
    printError(parsed.message);
    process.exitCode = 78;
    return;
  }
  const screen = stack.use(createScreen());
  const interrupted = onInterrupt();
  const phone = createPhone();
  sidecar = await startWithPhone(parsed.config, { phone, screen, signal: interrupted.signal });
  stack.defer(async () => sidecar?.stop());
  screen.print(`Page with all downloads and statecharts: http://localhost:${sidecar.ops.port}/`);
  if (simulator === null) {
    screen.print(
      `Add a torrent to your qBittorrent; its hook (see the README) must use port ${sidecar.hook.port}. Press Ctrl-C to end the demo.`,
    );
    await interrupted.promise;
    return;
  }
  if (process.stdout.isTTY) screen.print('The downloads repeat. Press Ctrl-C to end the demo.');
  const downloads = process.stdout.isTTY
    ? repeatScenario({ simulator, sidecar }, interrupted.signal, () => dismissAll(phone, sidecar))
    : runScenario({ simulator, sidecar }, interrupted.signal);
  await downloads.catch((error: unknown) => {
    if (!interrupted.signal.aborted) throw error;
  });
  // The last torrent ends when its card is deleted; the event arrives on the stream a little later.
  await sleep(300);
  screen.end(
    `Logins to qBittorrent: ${simulator.logins} (one at the start, one after the demo expired the session).`,
  );
}

interface Output {
  phone: Phone;
  screen: Screen;
  signal: AbortSignal;
}

async function startWithPhone(config: Config, { phone, screen, signal }: Output): Promise<Sidecar> {
  await subscribe(config.ntfy, signal, (event) => {
    phone.receive(event);
    screen.show({ cards: phone.cards(), sounds: phone.sounds, event });
  });
  const log = createLogger({ level: config.logLevel, pretty: true, write: (line) => screen.log(line) });
  return start({ config, log, policy: DEMO_POLICY });
}

/** Dismisses all cards: a card that is still showing would be updated without a sound. */
function dismissAll(phone: Phone, { preview }: Sidecar): void {
  preview.clear();
  for (const { topic, sequence_id } of phone.cards()) phone.dismiss(topic, sequence_id ?? '');
}

/** Resolves and aborts at SIGINT (Ctrl-C) or SIGTERM. */
function onInterrupt() {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => {
    controller.abort();
    resolve();
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, end);
  return { promise, signal: controller.signal };
}
