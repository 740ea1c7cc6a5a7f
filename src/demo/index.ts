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
import { play, playOn } from './story.ts';
import { subscribe } from './subscribe.ts';

/** Faster than the defaults, so that a minute shows what else takes an evening. Milliseconds. */
const DEMO_POLICY = { gather: 300, settle: 1500, stall: 3000, idleInterval: 1000 };

/**
 * The whole sidecar, as it runs in production, on embedded servers: nothing to set up. `QBIT_HOST` or `NTFY_TOPIC` in
 * the environment puts a real server in the place of an embedded one; then, and at a terminal, it goes on until it is
 * interrupted.
 */
export async function demo(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  await using stack = new AsyncDisposableStack();
  // A reader that goes away (`| head`) ends the demo, not with a crash.
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
  const ended = interruption();
  const phone = createPhone();
  sidecar = await open(parsed.config, { phone, screen, signal: ended.signal });
  stack.defer(async () => sidecar?.stop());
  screen.say(
    `Open http://localhost:${sidecar.ops.port}/ to see it at work: what is followed, and each actor's chart.`,
  );
  if (simulator === null) {
    screen.say(
      `Add a torrent to your qBittorrent, with the hook of the README on port ${sidecar.hook.port}. Ctrl-C ends this.`,
    );
    await ended.promise;
    return;
  }
  // Whoever sits there may want to look longer than a story lasts.
  if (process.stdout.isTTY) screen.say('It plays again and again. Ctrl-C ends this.');
  const story = process.stdout.isTTY
    ? playOn({ simulator, sidecar }, ended.signal, () => swipeAll(phone))
    : play({ simulator, sidecar }, ended.signal);
  await story.catch((error: unknown) => {
    if (!ended.signal.aborted) throw error;
  });
  // The last card is deleted in the moment in which the last torrent ends: the stream brings it a little later.
  await sleep(300);
  screen.end(`qBittorrent saw ${simulator.logins} logins: one at the start, one after its session was lost.`);
}

interface Stage {
  phone: Phone;
  screen: Screen;
  signal: AbortSignal;
}

async function open(config: Config, { phone, screen, signal }: Stage): Promise<Sidecar> {
  await subscribe(config.ntfy, signal, (event) => {
    phone.receive(event);
    screen.show({ cards: phone.cards(), heard: phone.heard, event });
  });
  const log = createLogger({ level: config.logLevel, pretty: true, write: (line) => screen.log(line) });
  return start({ config, log, policy: DEMO_POLICY });
}

/** What was read is swiped away: a card that still shows would be updated without a sound. */
function swipeAll(phone: Phone): void {
  for (const { topic, sequence_id } of phone.cards()) phone.dismiss(topic, sequence_id ?? '');
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
