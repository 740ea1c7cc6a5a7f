/** The messages about a torrent on the phone, and whether they are as guaranteed. */
import assert from 'node:assert/strict';
import { ServerFault, until, visibleCards } from '../servers/index.ts';
import type { NtfyMessage, SeededTorrent } from '../servers/index.ts';
import type { Scene } from './harness.ts';

export const isOver = async (scene: Scene): Promise<boolean> => {
  const { torrents, watcher } = await scene.status();
  return torrents.length === 0 && watcher.state === 'idle';
};

export const isCompletion = ({ event, priority }: NtfyMessage): boolean =>
  event === 'message' && priority === 4;

/** Waits until each of them has a card on the phone: a fast download would have none. */
export const untilShown = (scene: Scene, keys: readonly string[]): Promise<true> =>
  until('all have a card', async () => {
    const shown = new Set((await scene.messages()).map(({ sequence_id }) => sequence_id));
    return keys.every((key) => shown.has(`qbit-${key}`));
  });

/** Waits until the phone has this many completions, and no torrent is tracked; throws otherwise. */
export async function untilAnnounced(scene: Scene, completions: number): Promise<NtfyMessage[]> {
  const waiting = until(
    `${completions} are announced, and none is tracked`,
    async () => {
      if (!(await isOver(scene))) return null;
      const messages = await scene.messages();
      return messages.filter(isCompletion).length >= completions && messages;
    },
    { deadline: 60_000, every: 200 },
  );
  return waiting.catch(async (cause: unknown) => {
    const states = (await scene.qbittorrent.list()).map(({ state }) => state);
    // qBittorrent itself dropped a torrent: one of generation `legacy` did once, for an unknown reason.
    throw new (states.includes('error') ? ServerFault : Error)(await describeState(scene), { cause });
  });
}

/** The state of a run that hangs: qBittorrent's torrents, and those that the sidecar tracks. */
async function describeState(scene: Scene): Promise<string> {
  const list = await scene.qbittorrent.list();
  const { torrents } = await scene.status();
  const announced = (await scene.messages()).filter(isCompletion).length;
  return [
    `${announced} are announced`,
    ...list.map(
      ({ name, hash, state, progress }) =>
        `${String(name)} ${String(hash)}: ${String(state)} ${String(progress)}`,
    ),
    ...torrents.map(({ hash, state, progress }) => `tracked ${hash}: ${state} ${progress}`),
    await (await scene.qbittorrent.api('log/main')).text(),
  ].join('\n');
}

/** One silently updated card, one completion, then the card is deleted: nothing else, and in this order. */
export function assertAnnouncedOnce(
  messages: readonly NtfyMessage[],
  key: string,
  torrent: SeededTorrent,
): void {
  const [card, done] = [`qbit-${key}`, `qbit-${key}-done`];
  const mine = messages.filter(({ sequence_id }) => sequence_id === card || sequence_id === done);
  const events = mine.map(({ event, priority, sequence_id }) => `${sequence_id} ${event} ${priority ?? ''}`);
  const updates = events.length - 2;
  assert.ok(updates >= 1, `${torrent.name}: ${events.join(', ')}`);
  const updatesInOrder = Array.from({ length: updates }, () => `${card} message 2`);
  assert.deepEqual(events, [...updatesInOrder, `${done} message 4`, `${card} message_delete `], torrent.name);
  const completion = mine.find(isCompletion);
  assert.equal(completion?.message?.split('\n')[0], `${torrent.name} has finished downloading.`);
}

/** The cards on the phone at the end: the completions of these torrents. */
export function assertLeft(messages: readonly NtfyMessage[], keys: readonly string[]): void {
  const left = visibleCards(messages).map(({ sequence_id }) => sequence_id ?? '');
  assert.deepEqual(left.toSorted(), keys.map((key) => `qbit-${key}-done`).toSorted());
}

/** A call of the hook API, as a late hook or one in another configuration makes it. */
export async function callHook(scene: Scene, path: string, hash: string): Promise<string> {
  const url = `http://127.0.0.1:${scene.sidecar.hook.port}/${path}?hash=${hash}`;
  return (await fetch(url, { method: 'POST' })).text();
}
