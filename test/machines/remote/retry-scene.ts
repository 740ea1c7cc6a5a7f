/** A world whose qBittorrent refuses the password, and a person who presses "Try again". */
import assert from 'node:assert/strict';
import type { ButtonSet, Command } from '../../../machines/remote/types.ts';
import { createButtonStore, pressOn } from '../../support/command-topic.ts';
import { startWorld } from '../../support/world.ts';
import type { WorldOptions } from '../../support/world.ts';
import { failure, SECOND } from '../fixtures.ts';
import type { ButtonWorld } from './scene.ts';

/** Lets all logins fail. */
export const refuse = (
  { script }: ButtonWorld,
  kind: Parameters<typeof failure>[0] = 'unauthorized',
  isFinal = false,
) => {
  script.session.open = false;
  script.login = () => (isFinal ? { ...failure(kind), isFinal } : failure(kind));
};

/** Lets all logins succeed. */
export const accept = ({ script }: ButtonWorld) => {
  script.login = () => {
    script.session.open = true;
    return { ok: true, value: { version: '2.16.2' } };
  };
};

export function createWorld(options: WorldOptions = {}): ButtonWorld {
  const buttons = createButtonStore();
  const world = { ...startWorld({ buttons, ...options }), buttons };
  refuse(world);
  return world;
}

/** A world whose qBittorrent has refused the first login, ten seconds ago. */
export async function startRefused(options: WorldOptions = {}): Promise<ButtonWorld> {
  const world = createWorld(options);
  await world.pass(10 * SECOND);
  return world;
}

/** Kills the process and starts the next one, whose first login is refused, too. */
export async function restartRefused({ supervisor, clock, script, phone, buttons }: ButtonWorld) {
  supervisor.stop();
  const next = { ...startWorld({ phone, buttons, skew: clock.now() + script.skew + SECOND }), buttons };
  refuse(next);
  await next.pass(10 * SECOND);
  return next;
}

/** The incident card on the phone; `null` for none. */
export function cardOf({ phone }: Pick<ButtonWorld, 'phone'>) {
  const card = phone.cards.get('qbittorrent');
  return card?.kind === 'incident' ? card : null;
}

export const setOf = (world: ButtonWorld): ButtonSet | null => cardOf(world)?.buttons ?? null;
export const buttonsOf = (world: ButtonWorld) => setOf(world)?.actions ?? [];
export const answerOf = (world: ButtonWorld) => cardOf(world)?.answer ?? null;
export const isRead = ({ script }: ButtonWorld) => script.stream.reader !== null;
export const kindsOf = ({ phone }: ButtonWorld) => phone.accepted.map(({ kind }) => kind);
export const soundsOf = ({ phone }: ButtonWorld) => phone.heard.length;

export function commandOf(world: ButtonWorld): Command {
  const set = setOf(world);
  assert.ok(set !== null, 'the card has no button');
  const { round, serial, expiresAt } = set;
  return { card: 'incident', key: 'qbittorrent', action: 'retry', round, serial, expiresAt };
}

/** Presses the button of the card, without waiting for anything. */
export function press(world: ButtonWorld): Command {
  const command = commandOf(world);
  assert.ok(pressOn(world.script.stream, command), 'the command topic is not read');
  return command;
}

export const results = ({ events }: ButtonWorld) =>
  events.flatMap((event) => (event.type === 'command.executed' ? [event.failure?.kind ?? 'done'] : []));
