/** Buttons in the model: a command topic that keeps its messages, and a person who presses what the phone shows. */
import * as fc from 'fast-check';
import type { Notification, Result } from '../../machines/domain.ts';
import type { ExecuteInput, Execution, StreamEvent } from '../../machines/remote/machine.ts';
import type { ButtonSet, Command } from '../../machines/remote/types.ts';
import type { RemoteActors } from '../../src/app/actors.ts';
import { MINUTE, ok } from '../machines/fixtures.ts';
import { createButtonStore } from '../support/command-topic.ts';
import type { Qbittorrent } from './torrents.ts';

/** Which of the visible buttons is pressed; `again`: one that was pressed before. */
export interface PressStep {
  do: 'press';
  which: number;
  again: boolean;
}

export const press = fc.record({ do: fc.constant('press'), which: fc.nat({ max: 20 }), again: fc.boolean() });

interface Message {
  id: string;
  at: number;
  command: Command;
}

/** @param now milliseconds since 1970 */
export function createPresses(qbittorrent: Qbittorrent, now: () => number) {
  const messages: Message[] = [];
  let reader: ((event: StreamEvent) => void) | null = null;
  /** What each request did, with the label of its torrent. */
  const effects: { action: string; label: string }[] = [];

  function deliver({ id, at, command }: Message): void {
    if (now() >= command.expiresAt) return;
    reader?.({ type: 'press.received', press: { command, id, age: now() - at } });
    reader?.({ type: 'cursor.moved', id });
  }

  function execute({ action, hash }: ExecuteInput): Execution {
    const found = [...qbittorrent.torrents].find(([, torrent]) => torrent.hash === hash);
    if (action === 'delete') return ok({ sharesFiles: false });
    if (found !== undefined) {
      const [n, torrent] = found;
      effects.push({ action, label: torrent.label });
      if (action === 'deleteTorrent' || action === 'deleteFiles') qbittorrent.torrents.delete(n);
      else if (torrent.finishedAt === null && torrent.phase !== 'metadata' && action !== 'reannounce')
        qbittorrent.change(n, () => ({ phase: action === 'resume' ? 'downloading' : 'stopped' }));
    }
    return ok({ sharesFiles: null });
  }

  return {
    store: createButtonStore(),
    effects,
    execute,
    /** The stream of a process, from a message or from ten minutes ago on. */
    listen(since: string | null, report: (event: StreamEvent) => void): () => void {
      reader = report;
      report({ type: 'stream.opened' });
      const from = since === null ? -1 : messages.findIndex(({ id }) => id === since);
      const isMissed = ({ at }: Message) => since !== null || now() - at <= 10 * MINUTE;
      for (const message of messages.slice(from + 1).filter(isMissed)) deliver(message);
      return () => {
        if (reader === report) reader = null;
      };
    },
    isRead: () => reader !== null,
    /** The process is dead: what is published now, it reads when it has started again. */
    disconnect: () => void (reader = null),
    press(cards: ReadonlyMap<string, Notification>, { which, again }: PressStep): void {
      const commands = again
        ? messages.map(({ command }) => command)
        : [...cards.values()].flatMap(commandsOf);
      const command = commands[which % Math.max(1, commands.length)];
      if (command === undefined) return;
      const message = { id: `message${messages.length}`, at: now(), command };
      messages.push(message);
      deliver(message);
    },
  };
}

export type Presses = ReturnType<typeof createPresses>;

function commandsOf(card: Notification): Command[] {
  if (card.kind !== 'progress' && card.kind !== 'alert') return [];
  const { kind, key, buttons } = card;
  const set: ButtonSet | undefined = buttons;
  if (set === undefined) return [];
  const { round, serial, expiresAt, actions } = set;
  return actions.map((action) => ({ action, card: kind, key, round, serial, expiresAt }));
}

/** The actors of a process; a request takes a while, and can fail. */
export const pressActors = (
  presses: Presses,
  send: (answer: () => Execution) => Promise<Result<{ sharesFiles: boolean | null }>>,
): RemoteActors => ({
  listen: (since, report) => presses.listen(since, report),
  execute: (input) => send(() => presses.execute(input)),
  support: () => Promise.resolve(true),
});
