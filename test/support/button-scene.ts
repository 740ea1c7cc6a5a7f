/** A sidecar with buttons on embedded servers, and presses on the phone of the embedded ntfy. */
import assert from 'node:assert/strict';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';
import type { NtfySimulator } from '../../src/simulator/index.ts';
import { until } from '../servers/wait.ts';
import { startSidecar } from './sidecar.ts';

/** The command topic of the scene: a secret. */
export const COMMAND_TOPIC = 'planted-command-topic';

/** A sidecar whose torrent `film.mkv` has a card with buttons; everything ends with the scene. */
export async function startButtonScene(prepare: (ntfy: NtfySimulator) => void = () => {}) {
  await using stack = new AsyncDisposableStack();
  const qbittorrent = stack.use(await startQbittorrentSimulator());
  const ntfy = stack.use(await startNtfySimulator());
  prepare(ntfy);
  const sidecar = await startSidecar({
    QBIT_HOST: qbittorrent.url,
    QBIT_USER: qbittorrent.username,
    QBIT_PASS: qbittorrent.password,
    NTFY_TOPIC: `${ntfy.url}/downloads`,
    COMMAND_TOPIC,
  });
  stack.defer(() => sidecar.stop());
  const hash = qbittorrent.addTorrent({ name: 'film.mkv', size: 1e12, rate: 1e10 });
  sidecar.supervisor.send({ type: 'torrents.track', hashes: [hash] });
  const read = async (path: string) =>
    (await fetch(`http://localhost:${sidecar.ops.port}${path}`, { headers: { accept: 'text/html' } })).text();
  await until('its card has buttons', () => hasButton(ntfy, /film\.mkv/, 'Mute'));
  const owned = stack.move();
  return {
    ntfy,
    sidecar,
    hash,
    /** Reads from the operations port. */
    read,
    /** Reads until the answer contains a text. */
    untilIn: (path: string, text: string) =>
      until(`${path} contains ${text}`, async () => {
        const page = await read(path);
        return page.includes(text) && page;
      }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

interface HttpAction {
  label: string;
  url: string;
  body: string;
}

/** Sends what the apps send for a button with this label, of the card whose title matches. */
export async function pressButton(ntfy: NtfySimulator, title: RegExp, label: string): Promise<void> {
  const card = ntfy.cards().find((card) => title.test(card.title ?? ''));
  const actions = (card?.actions ?? []) as unknown as HttpAction[];
  const action = actions.find((action) => action.label === label) ?? assert.fail(`no button ${label}`);
  const { status } = await fetch(action.url, { method: 'POST', body: action.body });
  assert.equal(status, 200);
}

/** Whether a card with this title has a button with this label. */
export const hasButton = (ntfy: NtfySimulator, title: RegExp, label: string): boolean =>
  ntfy
    .cards()
    .some(
      (card) =>
        title.test(card.title ?? '') && (card.actions ?? []).some((action) => action['label'] === label),
    );
