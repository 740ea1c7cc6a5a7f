/** What the phone was told of a torrent, and whether it is what was promised. */
import assert from 'node:assert/strict';
import { until, visibleCards } from '../servers/index.ts';
import type { NtfyMessage, SeededTorrent } from '../servers/index.ts';
import type { Scene } from './harness.ts';

export const isOver = async (scene: Scene): Promise<boolean> => {
  const { torrents, watcher } = await scene.status();
  return torrents.length === 0 && watcher.state === 'idle';
};

export const isCompletion = ({ event, priority }: NtfyMessage): boolean =>
  event === 'message' && priority === 4;

/** Waits until each of them had a card on the phone: a quick download would have none. */
export const untilShown = (scene: Scene, keys: readonly string[]): Promise<true> =>
  until('all have a card', async () => {
    const shown = new Set((await scene.messages()).map(({ sequence_id }) => sequence_id));
    return keys.every((key) => shown.has(`qbit-${key}`));
  });

/** qBittorrent gave a torrent up by itself: one of generation `legacy` did once, nobody knows why. */
export class GivenUp extends Error {
  override name = 'GivenUp';
}

/** Waits until the phone has heard of so many ends, and nothing is followed any more; or throws `GivenUp`. */
export async function untilTold(scene: Scene, completions: number): Promise<NtfyMessage[]> {
  const waiting = until(
    `${completions} are told, and all is over`,
    async () => {
      if (!(await isOver(scene))) return null;
      const messages = await scene.messages();
      return messages.filter(isCompletion).length >= completions && messages;
    },
    { deadline: 60_000, every: 200 },
  );
  return waiting.catch(async (cause: unknown) => {
    const states = (await scene.qbittorrent.list()).map(({ state }) => state);
    throw new (states.includes('error') ? GivenUp : Error)(await outlook(scene), { cause });
  });
}

/** What hangs: what qBittorrent says of its torrents, and the sidecar of those it follows. */
async function outlook(scene: Scene): Promise<string> {
  const list = await scene.qbittorrent.list();
  const { torrents } = await scene.status();
  const told = (await scene.messages()).filter(isCompletion).length;
  return [
    `${told} are told`,
    ...list.map(
      ({ name, hash, state, progress }) =>
        `${String(name)} ${String(hash)}: ${String(state)} ${String(progress)}`,
    ),
    ...torrents.map(({ hash, state, progress }) => `followed ${hash}: ${state} ${progress}`),
    await (await scene.qbittorrent.api('log/main')).text(),
  ].join('\n');
}

/** One quiet card that moves, one completion, then the card goes: nothing else, and in this order. */
export function assertToldOnce(messages: readonly NtfyMessage[], key: string, torrent: SeededTorrent): void {
  const [card, done] = [`qbit-${key}`, `qbit-${key}-done`];
  const mine = messages.filter(({ sequence_id }) => sequence_id === card || sequence_id === done);
  const words = mine.map(({ event, priority, sequence_id }) => `${sequence_id} ${event} ${priority ?? ''}`);
  const updates = words.length - 2;
  assert.ok(updates >= 1, `${torrent.name}: ${words.join(', ')}`);
  const quiet = Array.from({ length: updates }, () => `${card} message 2`);
  assert.deepEqual(words, [...quiet, `${done} message 4`, `${card} message_delete `], torrent.name);
  const completion = mine.find(isCompletion);
  assert.equal(completion?.message?.split('\n')[0], `${torrent.name} has finished downloading.`);
}

/** What lies on the phone in the end: the completions of these torrents. */
export function assertLeft(messages: readonly NtfyMessage[], keys: readonly string[]): void {
  const left = visibleCards(messages).map(({ sequence_id }) => sequence_id ?? '');
  assert.deepEqual(left.toSorted(), keys.map((key) => `qbit-${key}-done`).toSorted());
}

/** A call of the hook API, as a hook that is late or set up in another way would make it. */
export async function callHook(scene: Scene, path: string, hash: string): Promise<string> {
  const url = `http://127.0.0.1:${scene.sidecar.hook.port}/${path}?hash=${hash}`;
  return (await fetch(url, { method: 'POST' })).text();
}
