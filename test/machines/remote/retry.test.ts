/** The button "Try again" on the incident card of a refused login. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ButtonSet, Command } from '../../../machines/remote/types.ts';
import { createButtonStore, pressOn } from '../../support/command-topic.ts';
import { startWorld } from '../../support/world.ts';
import type { WorldOptions } from '../../support/world.ts';
import { failure, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { timersOf } from '../harness.ts';
import { actionsOf, download, executed, press as pressOf, rejections } from './scene.ts';
import type { ButtonWorld } from './scene.ts';

/** Lets all logins fail. */
const refuse = (
  { script }: ButtonWorld,
  kind: Parameters<typeof failure>[0] = 'unauthorized',
  isFinal = false,
) => {
  script.session.open = false;
  script.login = () => (isFinal ? { ...failure(kind), isFinal } : failure(kind));
};

/** Lets all logins succeed. */
const accept = ({ script }: ButtonWorld) => {
  script.login = () => {
    script.session.open = true;
    return { ok: true, value: { version: '2.16.2' } };
  };
};

function createWorld(options: WorldOptions = {}): ButtonWorld {
  const buttons = createButtonStore();
  const world = { ...startWorld({ buttons, ...options }), buttons };
  refuse(world);
  return world;
}

/** A world whose qBittorrent has refused the first login, ten seconds ago. */
async function startRefused(options: WorldOptions = {}): Promise<ButtonWorld> {
  const world = createWorld(options);
  await world.pass(10 * SECOND);
  return world;
}

/** Kills the process and starts the next one, whose first login is refused, too. */
async function restartRefused({ supervisor, clock, script, phone, buttons }: ButtonWorld) {
  supervisor.stop();
  const next = { ...startWorld({ phone, buttons, skew: clock.now() + script.skew + SECOND }), buttons };
  refuse(next);
  await next.pass(10 * SECOND);
  return next;
}

/** The incident card on the phone; `null` for none. */
function cardOf({ phone }: Pick<ButtonWorld, 'phone'>) {
  const card = phone.cards.get('qbittorrent');
  return card?.kind === 'incident' ? card : null;
}

const setOf = (world: ButtonWorld): ButtonSet | null => cardOf(world)?.buttons ?? null;
const buttonsOf = (world: ButtonWorld) => setOf(world)?.actions ?? [];
const answerOf = (world: ButtonWorld) => cardOf(world)?.answer ?? null;
const isRead = ({ script }: ButtonWorld) => script.stream.reader !== null;
const kindsOf = ({ phone }: ButtonWorld) => phone.accepted.map(({ kind }) => kind);
const soundsOf = ({ phone }: ButtonWorld) => phone.heard.length;

function commandOf(world: ButtonWorld): Command {
  const set = setOf(world);
  assert.ok(set !== null, 'the card has no button');
  const { round, serial, expiresAt } = set;
  return { card: 'incident', key: 'qbittorrent', action: 'retry', round, serial, expiresAt };
}

/** Presses the button of the card, without waiting for anything. */
function press(world: ButtonWorld): Command {
  const command = commandOf(world);
  assert.ok(pressOn(world.script.stream, command), 'the command topic is not read');
  return command;
}

const results = ({ events }: ButtonWorld) =>
  events.flatMap((event) => (event.type === 'command.executed' ? [event.failure?.kind ?? 'done'] : []));

describe('the card of a refused password', () => {
  test('has Try again from its first message on, and the command topic is read', async () => {
    const world = await startRefused();
    assert.deepEqual(kindsOf(world), ['incident']);
    assert.deepEqual(buttonsOf(world), ['retry']);
    assert.equal(world.count('support'), 1);
    assert.ok(isRead(world));
  });

  test('is not sent again while nothing changes', async () => {
    const world = await startRefused();
    await world.pass(2 * HOUR);
    assert.deepEqual(kindsOf(world), ['incident']);
    assert.equal(world.count('login'), 13);
  });

  test('gets a new button before the old one expires, in silence', async () => {
    const world = await startRefused();
    const { serial } = commandOf(world);
    for (let hours = 0; hours < 30; hours += 1) {
      await world.pass(HOUR);
      assert.ok(commandOf(world).expiresAt > world.clock.now() + 11 * HOUR);
    }
    assert.ok(commandOf(world).serial > serial);
    assert.ok(kindsOf(world).length <= 4);
    assert.equal(soundsOf(world), 1);
  });

  test('has none without a command topic', async () => {
    const world = startWorld();
    world.script.login = () => failure('unauthorized');
    await world.pass(HOUR);
    assert.deepEqual(
      world.published().map((notification) => [notification.kind, 'buttons' in notification]),
      [['incident', false]],
    );
  });

  test('has none where ntfy does not update cards in place, and the command topic is not read', async () => {
    const world = createWorld();
    world.script.support = () => false;
    await world.pass(HOUR);
    assert.deepEqual(kindsOf(world), ['incident']);
    assert.deepEqual(buttonsOf(world), []);
    assert.equal(world.script.stream.opened, 0);
  });

  test('is sent within seconds although ntfy does not say whether it updates cards', async () => {
    const world = createWorld();
    world.script.latency.support = 8 * SECOND;
    await world.pass(3.5 * SECOND);
    assert.deepEqual(kindsOf(world), ['incident']);
    assert.deepEqual(buttonsOf(world), []);
    await world.pass(5 * SECOND);
    assert.deepEqual(buttonsOf(world), ['retry'], 'and gets its button when ntfy has said so');
    assert.equal(soundsOf(world), 1);
  });

  test('gets its button after a later login if ntfy did not answer', async () => {
    const world = createWorld();
    world.script.support = () => null;
    await world.pass(MINUTE);
    assert.deepEqual(buttonsOf(world), []);
    world.script.support = () => true;
    await world.pass(10 * MINUTE);
    assert.deepEqual(buttonsOf(world), ['retry']);
    assert.equal(soundsOf(world), 1);
  });
});

describe('the card of another incident', () => {
  test('has no button: a ban', async () => {
    const world = createWorld();
    refuse(world, 'banned');
    await world.pass(MINUTE);
    assert.deepEqual([cardOf(world)?.failure.kind, buttonsOf(world)], ['banned', []]);
    assert.equal(world.count('support'), 0);
  });

  test('has no button: a refused login of a proxy, which must not be sent again', async () => {
    const world = createWorld();
    refuse(world, 'unauthorized', true);
    await world.pass(HOUR);
    assert.deepEqual([cardOf(world)?.failure.kind, buttonsOf(world)], ['unauthorized', []]);
    assert.equal(world.count('login'), 1);
    assert.ok(!isRead(world));
  });

  test('has no button: no answer', async () => {
    const world = createWorld();
    refuse(world, 'unreachable');
    await world.pass(2 * MINUTE);
    assert.deepEqual([cardOf(world)?.failure.kind, buttonsOf(world)], ['unreachable', []]);
  });

  test('gets the button when it becomes a refused password, and loses it when that becomes a ban', async () => {
    const world = createWorld();
    refuse(world, 'unreachable');
    await world.pass(2 * MINUTE);
    refuse(world);
    await world.pass(2 * MINUTE);
    assert.deepEqual(buttonsOf(world), ['retry']);
    refuse(world, 'banned');
    await world.pass(10 * MINUTE);
    assert.deepEqual([cardOf(world)?.failure.kind, buttonsOf(world)], ['banned', []]);
    assert.ok(!isRead(world));
  });
});

describe('a press of Try again', () => {
  test('logs in at once, and a login that succeeds gives the usual all-clear, but not sooner than 1.1 s', async () => {
    const world = await startRefused();
    accept(world);
    press(world);
    await world.pass(10);
    assert.equal(world.count('login'), 2);
    await world.pass(1080);
    assert.deepEqual(kindsOf(world), ['incident']);
    await world.pass(100);
    assert.deepEqual(kindsOf(world), ['incident', 'incident-resolved']);
    assert.deepEqual(results(world), ['done']);
    assert.equal(soundsOf(world), 1);
  });

  test('that is refused is answered on the card, in silence, not sooner than 1.1 s, with a new button', async () => {
    const world = await startRefused();
    const { serial, round } = press(world);
    await world.pass(1090);
    assert.equal(answerOf(world), null);
    await world.pass(100);
    assert.deepEqual(answerOf(world), {
      action: 'retry',
      failure: { kind: 'unauthorized', message: 'unauthorized' },
      sharesFiles: null,
    });
    assert.deepEqual([buttonsOf(world), setOf(world)?.round], [['retry'], round]);
    assert.ok(commandOf(world).serial > serial);
    assert.equal(world.count('login'), 2);
    assert.equal(soundsOf(world), 1);
    assert.deepEqual(results(world), ['unauthorized']);
  });

  test('makes no sound in a browser, or after the card was dismissed, or hours later', async () => {
    for (const app of ['android', 'web push'] as const) {
      const world = await startRefused({ app });
      await world.pass(3 * HOUR);
      press(world);
      world.phone.dismiss('qbittorrent');
      await world.pass(2 * SECOND);
      assert.notEqual(answerOf(world), null);
      assert.equal(soundsOf(world), 1);
    }
  });

  test('is answered as soon as the login has failed if that takes longer', async () => {
    const world = await startRefused();
    world.script.latency.login = 5 * SECOND;
    press(world);
    await world.pass(4.9 * SECOND);
    assert.equal(answerOf(world), null);
    await world.pass(0.2 * SECOND);
    assert.equal(answerOf(world)?.failure?.kind, 'unauthorized');
  });

  test('is answered although qBittorrent does not answer any more, and the button returns with the next refusal', async () => {
    const world = await startRefused();
    refuse(world, 'unreachable');
    press(world);
    await world.pass(2 * SECOND);
    assert.equal(answerOf(world)?.failure?.kind, 'unreachable');
    assert.deepEqual(buttonsOf(world), []);
    refuse(world);
    await world.pass(MINUTE);
    assert.deepEqual(buttonsOf(world), ['retry']);
    assert.ok(isRead(world));
  });

  test('that leads to a ban is answered on the card of the ban, which is one message', async () => {
    const world = await startRefused();
    refuse(world, 'banned');
    press(world);
    await world.pass(20 * SECOND);
    assert.deepEqual(kindsOf(world), ['incident', 'incident']);
    assert.deepEqual([cardOf(world)?.failure.kind, answerOf(world)?.failure?.kind], ['banned', 'banned']);
    assert.deepEqual(buttonsOf(world), []);
    assert.ok(!isRead(world));
  });

  test('during a login is answered by that one', async () => {
    const world = await startRefused();
    world.script.latency.login = 2 * SECOND;
    await world.pass(10 * MINUTE - 9 * SECOND);
    assert.equal(world.count('login'), 2);
    press(world);
    await world.pass(5 * SECOND);
    assert.equal(answerOf(world)?.failure?.kind, 'unauthorized');
    assert.equal(world.count('login'), 2);
  });

  test('postpones the next retry: it follows ten minutes later', async () => {
    const world = await startRefused();
    await world.pass(5 * MINUTE);
    press(world);
    await world.pass(10 * MINUTE - SECOND);
    assert.equal(world.count('login'), 2);
    await world.pass(2 * SECOND);
    assert.equal(world.count('login'), 3);
  });

  test('does not delay presses of torrents after the login', async () => {
    const world = await startRefused();
    accept(world);
    press(world);
    await world.pass(5 * SECOND);
    const hash = await download(world);
    await pressOf(world, hash, 'pause');
    assert.deepEqual(executed(world), ['pause']);
    assert.deepEqual(actionsOf(world, hash), ['resume', 'mute', 'delete']);
  });
});

describe('the number of presses', () => {
  test('is two; then the card has no button, and the command topic is not read', async () => {
    const world = await startRefused();
    press(world);
    await world.pass(20 * SECOND);
    press(world);
    await world.pass(2 * SECOND);
    assert.equal(answerOf(world)?.failure?.kind, 'unauthorized');
    assert.deepEqual(buttonsOf(world), []);
    assert.ok(!isRead(world));
    assert.equal(world.count('login'), 3);
    await world.pass(48 * HOUR);
    assert.deepEqual(buttonsOf(world), []);
    assert.ok(!isRead(world));
    assert.deepEqual(kindsOf(world), ['incident', 'incident', 'incident']);
    assert.equal(soundsOf(world), 1);
  });

  test('is two, with ten seconds between their logins', async () => {
    const world = await startRefused();
    press(world);
    await world.pass(2 * SECOND);
    press(world);
    await world.pass(7.9 * SECOND);
    assert.equal(world.count('login'), 2);
    await world.pass(0.5 * SECOND);
    assert.equal(world.count('login'), 3);
    await world.pass(SECOND);
    assert.deepEqual(buttonsOf(world), []);
    assert.deepEqual(results(world), ['unauthorized', 'unauthorized']);
  });

  test('is two again after a login has succeeded', async () => {
    const world = await startRefused();
    press(world);
    await world.pass(20 * SECOND);
    accept(world);
    press(world);
    await world.pass(20 * SECOND);
    assert.equal(world.phone.cards.get('qbittorrent')?.kind, 'incident-resolved');
    assert.deepEqual(world.buttons.stored().presses, []);
    await download(world);
    refuse(world);
    await world.pass(HOUR);
    for (const left of [['retry'], []]) {
      press(world);
      await world.pass(20 * SECOND);
      assert.deepEqual(buttonsOf(world), left);
    }
  });

  test('is two also over a restart', async () => {
    const world = await startRefused();
    press(world);
    await world.pass(20 * SECOND);
    const next = await restartRefused(world);
    assert.deepEqual(buttonsOf(next), ['retry']);
    press(next);
    await next.pass(20 * SECOND);
    assert.deepEqual(buttonsOf(next), []);
    const last = await restartRefused(next);
    assert.deepEqual(buttonsOf(last), []);
    assert.ok(!isRead(last));
  });
});

describe('a press of Try again has no effect', () => {
  test('a second time', async () => {
    const world = await startRefused();
    const command = press(world);
    pressOn(world.script.stream, command);
    await world.pass(20 * SECOND);
    pressOn(world.script.stream, command);
    await world.pass(20 * SECOND);
    assert.equal(world.count('login'), 2);
    assert.deepEqual(rejections(world), ['repeated', 'repeated']);
  });

  test('when the incident is over', async () => {
    const world = await startRefused();
    const command = commandOf(world);
    accept(world);
    await world.pass(10 * MINUTE);
    assert.equal(world.phone.cards.get('qbittorrent')?.kind, 'incident-resolved');
    await download(world);
    pressOn(world.script.stream, command);
    await world.pass(MINUTE);
    assert.equal(world.count('login'), 2);
    assert.deepEqual(rejections(world), ['outdated']);
  });

  test('on the card of an earlier incident', async () => {
    const world = await startRefused();
    const command = commandOf(world);
    accept(world);
    await world.pass(10 * MINUTE);
    await download(world);
    refuse(world);
    await world.pass(HOUR);
    assert.notEqual(commandOf(world).round, command.round);
    const logins = world.count('login');
    pressOn(world.script.stream, command);
    await world.pass(5 * SECOND);
    assert.equal(world.count('login'), logins);
    assert.deepEqual(rejections(world), ['outdated']);
  });

  test('on a card of before a restart', async () => {
    const world = await startRefused();
    const command = commandOf(world);
    const next = await restartRefused(world);
    pressOn(next.script.stream, command);
    await next.pass(MINUTE);
    assert.equal(next.count('login'), 1);
    assert.deepEqual(rejections(next), ['outdated']);
    assert.notDeepEqual(commandOf(next), command);
  });

  for (const wait of [0, 20, 60, 500])
    test(`if a kill follows after ${wait} ms: the restart logs in once`, async () => {
      const world = await startRefused();
      const command = press(world);
      await world.pass(wait);
      const next = await restartRefused(world);
      await next.pass(MINUTE);
      pressOn(next.script.stream, command);
      await next.pass(MINUTE);
      assert.equal(next.count('login'), 1);
      assert.deepEqual(rejections(next), ['repeated']);
      assert.deepEqual(results(next), []);
    });

  test('while the session waits for something else than a password', async () => {
    const world = await startRefused();
    const command = commandOf(world);
    refuse(world, 'unreachable');
    await world.pass(10 * MINUTE - 9 * SECOND);
    const logins = world.count('login');
    pressOn(world.script.stream, command);
    await world.pass(10);
    assert.equal(world.count('login'), logins);
    assert.deepEqual(rejections(world), ['outdated']);
  });
});

describe('after the incident', () => {
  test('there is no connection and no timer of it', async () => {
    const world = await startRefused();
    press(world);
    await world.pass(20 * SECOND);
    accept(world);
    press(world);
    await world.pass(MINUTE);
    assert.ok(!isRead(world));
    const calls = world.calls.length;
    const opened = world.script.stream.opened;
    const { length } = timersOf(world.clock);
    await world.pass(HOUR);
    assert.deepEqual([world.calls.length, world.script.stream.opened], [calls, opened]);
    assert.ok(timersOf(world.clock).length <= length);
    assert.equal(opened, 1);
  });
});

test('after a crash of the session the card has a new button, and the pressed one counts', async () => {
  const world = await startRefused();
  world.script.login = () => {
    refuse(world);
    throw new Error('a bug');
  };
  const { serial } = press(world);
  await world.pass(MINUTE);
  assert.equal(world.count('login'), 3);
  assert.ok(commandOf(world).serial > serial);
  press(world);
  await world.pass(20 * SECOND);
  assert.equal(answerOf(world)?.failure?.kind, 'unauthorized');
  assert.deepEqual(buttonsOf(world), []);
  accept(world);
  await world.pass(10 * MINUTE);
  assert.equal(world.phone.cards.get('qbittorrent')?.kind, 'incident-resolved');
});
