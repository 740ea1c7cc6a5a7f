/** The delay from a press of a button to its effect, and the cost of waiting for presses. */
import { startNtfy, startProxy, startQbittorrent, startWebSeed } from '../../servers/index.ts';
import { sleep, until } from '../../servers/wait.ts';
import { createButtonPhone } from '../../support/button-phone.ts';
import type { ButtonPhone } from '../../support/button-phone.ts';
import { callHook } from '../lib/hook-call.ts';
import { atMost } from '../lib/figure.ts';
import type { Context, Figure, Row } from '../lib/figure.ts';
import { wakeUpsOf } from '../lib/proc.ts';
import { median } from '../lib/stats.ts';
import { startSidecar } from '../lib/subjects.ts';

const TOPIC = 'downloads';
const COMMANDS = 'commands';
const MINUTE = 60_000;
const PAUSES = /torrents\/(pause|stop|resume|start)$/;

/** A button of the card that the phone shows; `null`: there is none with this label. */
function messageOf(phone: ButtonPhone, card: string, label: string): string | null {
  const body = phone.card(card)?.actions?.find((action) => action.label === label)?.body;
  return typeof body === 'string' ? body : null;
}

async function measure({ quick, say }: Context): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const qbittorrent = stack.use(await startQbittorrent('current'));
  const ntfy = stack.use(await startNtfy('current', { requestLimit: 'none', cacheFile: true }));
  const seed = stack.use(await startWebSeed({ rate: 5000 }));
  const proxy = stack.use(await startProxy(qbittorrent.url));
  const env = {
    QBIT_HOST: proxy.url,
    QBIT_USER: qbittorrent.username,
    QBIT_PASS: qbittorrent.password,
    NTFY_TOPIC: `${ntfy.url}/${TOPIC}`,
    NTFY_RATE: 'unlimited',
    INSTANCE_NAME: 'qbit',
    COMMAND_TOPIC: COMMANDS,
  };
  const sidecar = stack.use(await startSidecar(env));
  const plain = stack.use(await startSidecar({ ...env, NTFY_TOPIC: `${ntfy.url}/other`, COMMAND_TOPIC: '' }));
  const phone = stack.use(await createButtonPhone({ ntfyUrl: ntfy.url, topic: TOPIC, as: 'android' }));
  const { hash, file } = seed.serve('a.iso', 50_000_000);
  await qbittorrent.addTorrent(file);
  for (const { port } of [sidecar, plain]) await callHook(port, hash);
  const card = `qbit-${hash}`;

  /** Milliseconds from the request of a press until qBittorrent has answered with success. */
  async function press(label: string): Promise<number> {
    await until(`the card has ${label}`, () => messageOf(phone, card, label) !== null);
    const body = messageOf(phone, card, label) ?? '';
    const before = proxy.requests.length;
    const isDone = () =>
      proxy.requests.slice(before).some(({ path, status }) => PAUSES.test(path) && status === 200);
    const from = performance.now();
    await fetch(`${ntfy.url}/${COMMANDS}`, { method: 'POST', body });
    while (!isDone()) await sleep(1);
    return performance.now() - from;
  }

  const rounds = quick ? 2 : 10;
  say(`${2 * rounds} presses`);
  const delays: number[] = [];
  for (let round = 0; round < rounds; round += 1) delays.push(await press('Pause'), await press('Resume'));

  say('waiting for presses');
  await press('Pause');
  await until('both poll rarely', async () =>
    (await Promise.all([sidecar.status(), plain.status()])).every(({ torrents }) =>
      torrents.every(({ state }) => state === 'polling.stopped'),
    ),
  );
  // The time in which connections are kept, and the answers are shown.
  await sleep(quick ? 5000 : 70_000);
  const [waiting, other]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < (quick ? 1 : 3); turn += 1) {
    const before = [sidecar, plain].map(({ pid }) => wakeUpsOf(pid));
    await sleep(MINUTE);
    const [one = 0, two = 0] = [sidecar, plain].map(({ pid }, n) => wakeUpsOf(pid) - (before[n] ?? 0));
    waiting.push(one);
    other.push(two);
  }
  return [
    atMost(300, 'under 300 ms', {
      what: "press to qBittorrent's answer, through ntfy",
      unit: 'ms',
      runs: delays,
    }),
    atMost(median(other) + 2, 'at most one more in 30 s', {
      what: 'wake-ups a minute with one paused torrent that is polled every 30 s, waiting for presses',
      unit: 'count',
      runs: waiting,
      peer: { what: 'the same without a command topic', runs: other },
    }),
  ];
}

export const buttons: Figure = {
  name: 'buttons',
  title: 'Buttons',
  how: 'Real qBittorrent and ntfy on loopback. A press is what a phone sends: one message to the command topic. The time ends when qBittorrent has answered the request with success. Then the torrent is paused, and a second sidecar without a command topic tracks it as well.',
  measure,
};
