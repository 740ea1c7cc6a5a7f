/**
 * The delay from the end in qBittorrent to ntfy's acceptance of the completion: by the finish hook, and by polling
 * alone.
 */
import { startNtfy, startQbittorrent, startWebSeed } from '../../servers/index.ts';
import type { Qbittorrent, WebSeed } from '../../servers/index.ts';
import { hookLine } from '../../../src/hooks/index.ts';
import { atMost } from '../lib/figure.ts';
import type { Context, Figure, Row } from '../lib/figure.ts';
import { completionOf } from '../lib/completion-of.ts';
import { subscribe } from '../lib/subscription.ts';
import type { Subscription } from '../lib/subscription.ts';
import { startPeer, startSidecar } from '../lib/subjects.ts';
import type { Sidecar, Subject } from '../lib/subjects.ts';

interface Scene extends AsyncDisposable {
  qbittorrent: Qbittorrent;
  seed: WebSeed;
  sidecar: Sidecar;
  peer: Subject;
  phone: Subscription;
  /** The topics of the two others: the peer, and a hook that calls only ntfy. */
  other: Subscription;
  direct: Subscription;
  directUrl: string;
}

async function createScene(): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const qbittorrent = stack.use(await startQbittorrent('current', { refreshInterval: 1500 }));
  const ntfy = stack.use(await startNtfy('current', { requestLimit: 'none' }));
  const seed = stack.use(await startWebSeed({ rate: 2_000_000 }));
  const access = {
    QBIT_HOST: qbittorrent.url,
    QBIT_USER: qbittorrent.username,
    QBIT_PASS: qbittorrent.password,
  };
  const [phone, other, direct] = [
    stack.use(await subscribe(ntfy.url, 'downloads')),
    stack.use(await subscribe(ntfy.url, 'other')),
    stack.use(await subscribe(ntfy.url, 'direct')),
  ];
  const sidecar = stack.use(
    await startSidecar({
      ...access,
      NTFY_TOPIC: `${ntfy.url}/downloads`,
      NTFY_RATE: 'unlimited',
      // There are more of them in a minute than have their own cards by default; those are in the figure `many`.
      DIGEST_FROM: 'never',
    }),
  );
  const peer = stack.use(await startPeer('per-torrent', { ...access, NTFY_TOPIC: `${ntfy.url}/other` }));
  const owned = stack.move();
  return {
    qbittorrent,
    seed,
    sidecar,
    peer,
    phone,
    other,
    direct,
    directUrl: `${ntfy.url}/direct`,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Adds a torrent, waits for its end, and returns the delay of each message. */
async function measureDownload(
  scene: Scene,
  name: string,
  bytes: number,
  subscriptions: readonly Subscription[],
) {
  const { hash, file } = scene.seed.serve(name, bytes);
  await scene.qbittorrent.addTorrent(file);
  await fetch(`http://127.0.0.1:${scene.peer.port}/track?hash=${hash}`);
  const end = await completionOf(scene.qbittorrent, hash);
  const arrivals = subscriptions.map((phone) =>
    phone.first(
      `${name} is announced`,
      ({ sequence, message }) => sequence?.endsWith(`-${hash}-done`) || message === hash,
    ),
  );
  return (await Promise.all(arrivals)).map(({ at }) => at - end);
}

async function measure({ quick, say }: Context): Promise<Row[]> {
  await using scene = await createScene();
  const { qbittorrent, sidecar, directUrl, phone, other, direct } = scene;
  const line = (slot: 'added' | 'finished') =>
    hookLine({ slot, url: `http://localhost:${sidecar.port}`, tool: 'curl', placeholder: '%K', token: null });
  const finished = (program: string) =>
    qbittorrent.setPreferences({ autorun_enabled: true, autorun_program: program });
  await qbittorrent.setAddedHook(line('added'));
  const rounds = quick ? 3 : 12;

  say(`${rounds} torrents with the finish hook`);
  await finished(line('finished'));
  const hooked: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    hooked.push(
      ...(await measureDownload(scene, `hooked ${round}`, 2_000_000 + 250_000 * (round % 12), [phone])),
    );
  }

  say(`${rounds} torrents without it`);
  await finished(`curl -fsS -m 5 -d %K ${directUrl}`);
  const [polled, loops, straight]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round += 1) {
    // Of different lengths, so that their ends are anywhere between two polls.
    const bytes = 8_000_000 + Math.round((24_000_000 * ((round * 7) % rounds)) / rounds);
    const [byPoll = 0, byLoop = 0, byCurl = 0] = await measureDownload(scene, `polled ${round}`, bytes, [
      phone,
      other,
      direct,
    ]);
    polled.push(byPoll);
    loops.push(byLoop);
    straight.push(byCurl);
  }
  return [
    atMost(300, 'under 300 ms', {
      what: 'end to acceptance, by the finish hook',
      unit: 'ms',
      runs: hooked,
      peer: { what: 'a finish hook that calls ntfy itself, which knows only the hash', runs: straight },
    }),
    atMost(2500, 'under 2.5 s', {
      what: 'end to acceptance, by polling alone',
      unit: 'ms',
      runs: polled,
      peer: { what: 'a poll loop per torrent, each 5 s', runs: loops },
    }),
  ];
}

export const completion: Figure = {
  name: 'completion',
  title: "From qBittorrent's end to ntfy's acceptance",
  how: 'Real qBittorrent and ntfy. The time begins at the last separate request, one every 20 ms, that showed no finished state yet, so the call of the hook is included. It ends when a subscriber of the topic receives the message. One torrent after the other, of different lengths, so that they finish at any time between two polls.',
  measure,
};
