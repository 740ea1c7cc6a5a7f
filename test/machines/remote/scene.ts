/** A world whose cards have buttons, and a person who presses them. */
import assert from 'node:assert/strict';
import type { Hash, Notification } from '../../../machines/domain.ts';
import type { ButtonAction, ButtonSet, CardAnswer, Command } from '../../../machines/remote/types.ts';
import type { SupervisorEmitted } from '../../../machines/supervisor/emitted.ts';
import { createButtonStore, pressOn } from '../../support/command-topic.ts';
import { startWorld } from '../../support/world.ts';
import type { World, WorldOptions } from '../../support/world.ts';
import { hashOf, SECOND } from '../fixtures.ts';

export type ButtonWorld = World & { buttons: ReturnType<typeof createButtonStore> };

/** A world with buttons, logged in. */
export async function startButtons(options: WorldOptions = {}): Promise<ButtonWorld> {
  const buttons = createButtonStore();
  const policy = { rate: null, summaryFrom: null, ...options.policy };
  const world = { ...startWorld({ buttons, ...options, policy }), buttons };
  await world.pass(10 * SECOND);
  return world;
}

/** Kills the process and starts the next one, with the same phone, stores and qBittorrent. */
export async function restart(world: ButtonWorld, down = SECOND): Promise<ButtonWorld> {
  const records = structuredClone(world.records());
  const { clock, script, phone, torrents, buttons } = world;
  world.supervisor.stop();
  const next = {
    ...startWorld({
      records,
      phone,
      buttons,
      skew: clock.now() + script.skew + down,
      policy: { rate: null, summaryFrom: null },
    }),
    buttons,
  };
  for (const [hash, torrent] of torrents) next.torrents.set(hash, torrent);
  await next.pass(10 * SECOND);
  return next;
}

/** Adds a torrent that downloads, and has a card with buttons. */
export async function download(world: World, n = 1, over = {}): Promise<Hash> {
  const hash = hashOf(n);
  world.set(hash, { name: `${n}.iso`, progress: 0.43, size: 1000 + n, addedAt: 100, ...over });
  world.track(hash);
  await world.pass(12 * SECOND);
  return hash;
}

type WithCard = Extract<Notification, { kind: 'progress' | 'alert' }>;

/** The card that the phone shows; `null` for none. */
export function cardOf({ phone }: Pick<World, 'phone'>, hash: Hash, card: 'progress' | 'alert' = 'progress') {
  const shown = phone.cards.get(card === 'alert' ? `${hash}-err` : hash);
  return (shown ?? null) as WithCard | null;
}

export const actionsOf = (world: Pick<World, 'phone'>, hash: Hash, card?: 'progress' | 'alert') =>
  cardOf(world, hash, card)?.buttons?.actions ?? [];

export const answerOf = (
  world: Pick<World, 'phone'>,
  hash: Hash,
  card?: 'progress' | 'alert',
): CardAnswer | null => cardOf(world, hash, card)?.answer ?? null;

/** The command that a button of a card sends. */
export function commandOf(
  world: Pick<World, 'phone'>,
  hash: Hash,
  action: ButtonAction,
  card: 'progress' | 'alert' = 'progress',
): Command {
  const shown = cardOf(world, hash, card);
  const set: ButtonSet | undefined = shown?.buttons;
  assert.ok(set !== undefined && set.actions.includes(action), `no ${action} among ${String(set?.actions)}`);
  const { round, serial, expiresAt } = set;
  return { action, card, key: hash, round, serial, expiresAt };
}

/** Presses a button of the card that the phone shows. */
export async function press(
  world: World,
  hash: Hash,
  action: ButtonAction,
  card: 'progress' | 'alert' = 'progress',
): Promise<Command> {
  const command = commandOf(world, hash, action, card);
  assert.ok(pressOn(world.script.stream, command), 'the command topic is not read');
  await world.pass(2 * SECOND);
  return command;
}

/** What qBittorrent was asked to do. */
export const executed = ({ calls }: Pick<World, 'calls'>): string[] =>
  calls.flatMap((call) => (call.to === 'execute' ? [call.action] : []));

export const rejections = ({ events }: { events: readonly SupervisorEmitted[] }): string[] =>
  events.flatMap((event) => (event.type === 'command.rejected' ? [event.reason] : []));
