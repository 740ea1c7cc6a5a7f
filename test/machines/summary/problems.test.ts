/** Summaries while ntfy or the sidecar have problems, and what they cost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashOf, MINUTE, ok, SECOND } from '../fixtures.ts';
import { createTestRules } from '../../support/rules.ts';
import {
  acceptedOf,
  change,
  keysOf,
  progressCards,
  startDownloads,
  stateOf,
  summaryOn,
  topicOf,
} from './downloads.ts';

/** Without a limit of messages: what is shown is what was decided. */
const policy = { rate: null };

test('an ntfy without sequence IDs gets one summary at most, and then milestones', async () => {
  const world = startDownloads(20, { policy });
  world.script.publish = () => ok({ live: false });
  for (let percent = 50; percent < 90; percent += 10) {
    change(world, keysOf(20), { progress: percent / 100 });
    await world.pass(2 * MINUTE);
  }
  assert.ok(acceptedOf(world, 'summary') <= 1);
  assert.equal(acceptedOf(world, 'summary-delete'), 0);
  // At 50 % and at 75 %.
  assert.equal(acceptedOf(world, 'progress'), 40);
  assert.equal(stateOf(world), 'idle');
});

test('a torrent that crashes leaves the summary until it is observed again', async () => {
  const world = startDownloads(12, { policy });
  await world.pass(30 * SECOND);
  world.script.poisoned.add(hashOf(1));
  await world.pass(20 * SECOND);
  assert.equal(topicOf(world)?.members.has(hashOf(1)), false);
  assert.equal(summaryOn(world)?.downloads, 11);
  world.script.poisoned.clear();
  await world.pass(2 * MINUTE);
  assert.equal(summaryOn(world)?.downloads, 12);
  assert.equal(progressCards(world), 0);
});

test('a refused topic drops its summary, which appears when ntfy accepts the topic', async () => {
  const { rules } = createTestRules(() => ({ rule: 'films', route: 'films' }));
  const world = startDownloads(12, { policy, rules });
  const answer = { status: 403, code: 40_301, bytes: 1 };
  const failure = { kind: 'unauthorized', message: '403', answer } as const;
  const { publish } = world.script;
  world.script.publish = (notification) =>
    notification.route === 'films' ? { ok: false, failure } : publish(notification);
  await world.pass(3 * MINUTE);
  const attempts = world.published().filter(({ kind }) => kind === 'summary').length;
  assert.ok(attempts <= 1, `${attempts} attempts in three minutes`);
  assert.equal(summaryOn(world, 'films'), undefined);
  world.script.publish = publish;
  await world.pass(6 * MINUTE);
  assert.equal(summaryOn(world, 'films')?.downloads, 12);
});

test('a poll without changes writes nothing on the board, and sends it no event', async (t) => {
  const world = startDownloads(400, { policy });
  await world.pass(MINUTE);
  const { members } = topicOf(world) ?? assert.fail('there is no summary');
  const write = t.mock.method(members, 'set');
  const events: string[] = [];
  const inspection = world.supervisor.system.inspect((step) => {
    if (step.type === '@xstate.event') events.push(step.event.type);
  });
  const from = world.clock.now();
  await world.pass(MINUTE);
  inspection.unsubscribe();
  assert.ok(world.count('observe', from) >= 10);
  assert.equal(write.mock.callCount(), 0);
  assert.equal(events.includes('summary.changed'), false);
});
