import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRecord } from '../../machines/torrent/record.ts';
import { TORRENT_STATES } from '../../src/metrics/labels.ts';
import { failure, hashOf, MINUTE, ok, SECOND, seen } from '../machines/fixtures.ts';
import { download, press, startButtons } from '../machines/remote/scene.ts';
import { pressOn } from '../support/command-topic.ts';
import { startWorld } from '../support/world.ts';
import { nonZero, watch } from './samples.ts';

describe('the metrics', () => {
  test('include the state of each torrent', async () => {
    const world = startWorld();
    const read = watch(world);
    const phases = [...TORRENT_STATES.filter((state) => state !== 'waiting'), 'stalled'] as const;
    world.script.publish = () => failure('unreachable');
    for (const [index, phase] of phases.entries()) {
      world.set(hashOf(index), { phase, progress: 0.5 });
      world.track(hashOf(index));
    }
    assert.equal(
      (await read()).get('qbit_ntfy_torrents{state="waiting"}'),
      phases.length,
      'not observed yet',
    );
    await world.pass(10 * SECOND);
    const counts = nonZero(await read(), 'qbit_ntfy_torrents');
    const expected = Object.fromEntries(
      phases.map((phase) => [`state="${phase}"`, phase === 'stalled' ? 2 : 1]),
    );
    assert.deepEqual(counts, expected);
  });

  test('count all torrents as waiting while there is no session', async () => {
    const world = startWorld();
    const read = watch(world);
    world.set(hashOf(1), { progress: 0.5 });
    world.track(hashOf(1));
    await world.pass(10 * SECOND);
    const before = await read();
    assert.equal(before.get('qbit_ntfy_torrents{state="downloading"}'), 1);
    assert.equal(before.get('qbit_ntfy_session_ready'), 1);
    assert.deepEqual(nonZero(before, 'qbit_ntfy_session_state'), { 'state="ready"': 1 });
    assert.equal(before.get('qbit_ntfy_info{version="1.2.3",webapi="2.16.2"}'), 1);
    world.script.session.open = false;
    world.script.login = () => failure('unauthorized');
    await world.pass(MINUTE);
    const after = await read();
    assert.equal(after.get('qbit_ntfy_torrents{state="waiting"}'), 1);
    assert.equal(after.get('qbit_ntfy_session_ready'), 0);
    assert.deepEqual(nonZero(after, 'qbit_ntfy_session_state'), { 'state="refused"': 1 });
    assert.equal(after.get('qbit_ntfy_incident_open'), 1);
  });

  test('include the number of pending notifications and the age of the oldest, through every failed attempt', async () => {
    const world = startWorld();
    const read = watch(world);
    world.script.publish = () => failure('unreachable');
    for (const index of [1, 2, 3]) {
      world.set(hashOf(index), { progress: 0.5 });
      world.track(hashOf(index));
    }
    await world.pass(10 * SECOND);
    const soon = await read();
    assert.equal(soon.get('qbit_ntfy_outbox_waiting'), 3);
    await world.pass(20 * MINUTE);
    const late = await read();
    const [from = 0, to = 0] = [soon, late].map((page) => page.get('qbit_ntfy_outbox_oldest_seconds'));
    assert.equal(Math.round(to - from), 20 * 60);
    world.script.publish = () => ({ ok: true, value: { live: true } });
    await world.pass(20 * MINUTE);
    const over = await read();
    assert.equal(over.get('qbit_ntfy_outbox_waiting'), 0);
    assert.equal(over.get('qbit_ntfy_outbox_oldest_seconds'), 0);
    assert.equal(over.get('qbit_ntfy_notifications_total{kind="progress",outcome="accepted"}'), 3);
  });

  test('include the rest of the budget: it refills while nothing is sent', async () => {
    const world = startWorld({ policy: { rate: 60, summaryFrom: null } });
    const read = watch(world);
    assert.equal((await read()).get('qbit_ntfy_budget_messages'), 50);
    for (let index = 0; index < 20; index += 1) {
      world.set(hashOf(index), { progress: 0.5 });
      world.track(hashOf(index));
    }
    await world.pass(10 * SECOND);
    const spent = (await read()).get('qbit_ntfy_budget_messages') ?? 0;
    assert.ok(spent >= 30 && spent < 45, `${spent}`);
    await world.pass(5 * MINUTE);
    assert.equal((await read()).get('qbit_ntfy_budget_messages'), 50);
    const free = await watch(startWorld({ policy: { rate: null } }))();
    assert.equal(free.get('qbit_ntfy_budget_messages'), Infinity);
    assert.equal(free.get('qbit_ntfy_day_messages_left'), Infinity);
  });

  test('count the restarts of torrent and service actors', async () => {
    const world = startWorld();
    const read = watch(world);
    world.set(hashOf(1), { progress: 0.5 });
    world.track(hashOf(1));
    world.script.poisoned.add(hashOf(1));
    await world.pass(2 * SECOND);
    const crashed = await read();
    assert.ok((crashed.get('qbit_ntfy_restarts_total{what="torrent"}') ?? 0) >= 1);
    assert.equal(crashed.get('qbit_ntfy_restarts_total{what="service"}'), 0);
    assert.equal(crashed.get('qbit_ntfy_torrents{state="waiting"}'), 1, 'it is still tracked');
    world.script.list = () => assert.fail('a planted crash');
    world.torrents.clear();
    world.script.poisoned.clear();
    await world.pass(10 * SECOND);
    assert.ok(((await read()).get('qbit_ntfy_restarts_total{what="service"}') ?? 0) >= 1);
  });

  test('include the state of the hook', async () => {
    const world = startWorld({ policy: { installHook: true } });
    const read = watch(world);
    world.script.ensure = () => failure('broken');
    await world.pass(10 * SECOND);
    assert.deepEqual(nonZero(await read(), 'qbit_ntfy_hook_state'), { 'state="retrying"': 1 });
    world.script.ensure = () => ok({ state: 'installed', written: true, reason: null });
    await world.pass(MINUTE);
    assert.deepEqual(nonZero(await read(), 'qbit_ntfy_hook_state'), { 'state="installed"': 1 });
    const off = await watch(startWorld())();
    assert.deepEqual(nonZero(off, 'qbit_ntfy_hook_state'), { 'state="off"': 1 });
  });

  test('include the state of the command topic, and what became of each press', async () => {
    const world = await startButtons();
    const read = watch(world);
    const stateOf = async () => nonZero(await read(), 'qbit_ntfy_command_topic_state');
    assert.deepEqual(await stateOf(), { 'state="asleep"': 1 });
    const hash = await download(world);
    assert.deepEqual(await stateOf(), { 'state="listening"': 1 });
    const pause = await press(world, hash, 'pause');
    world.script.execute = () => failure('unreachable');
    await press(world, hash, 'delete');
    pressOn(world.script.stream, pause);
    pressOn(world.script.stream, { ...pause, round: pause.round - 1 });
    const samples = await read();
    assert.deepEqual(nonZero(samples, 'qbit_ntfy_commands_total'), {
      'action="pause",result="done"': 1,
      'action="delete",result="failed"': 1,
    });
    assert.deepEqual(nonZero(samples, 'qbit_ntfy_presses_rejected_total'), {
      'reason="repeated"': 1,
      'reason="outdated"': 1,
    });
    world.script.stream.isReadable = false;
    world.script.stream.reader?.report({
      type: 'stream.failed',
      failure: { kind: 'unreachable', message: 'closed' },
    });
    assert.deepEqual(await stateOf(), { 'state="backingOff"': 1 });
    const off = await watch(startWorld())();
    assert.deepEqual(nonZero(off, 'qbit_ntfy_command_topic_state'), { 'state="off"': 1 });
  });

  test('show that the state is only in memory where it should be on a disk', async () => {
    const cases = [
      { health: { kind: 'memory', problem: 'full' }, degraded: 1 },
      { health: { kind: 'memory', problem: null }, degraded: 0 },
      { health: { kind: 'disk', problem: 'was repaired' }, degraded: 0 },
    ] as const;
    for (const { health, degraded } of cases) {
      const samples = await watch(startWorld(), health)();
      assert.equal(samples.get('qbit_ntfy_store_degraded'), degraded);
    }
  });
});

describe('no server and no torrent', () => {
  test('can add a series: the version that qBittorrent reports is one of numbers', async () => {
    for (const version of ['2.11.4"} 1\nevil{x="', '9'.repeat(50_000), '2.8.3'.repeat(100), '']) {
      const world = startWorld();
      world.script.login = () => {
        world.script.session.open = true;
        return { ok: true, value: { version: version } };
      };
      await world.pass(SECOND);
      const info = [...(await watch(world)()).keys()].filter((series) => series.startsWith('qbit_ntfy_info'));
      assert.deepEqual(info, ['qbit_ntfy_info{version="1.2.3",webapi="odd"}']);
    }
  });

  test('is omitted: a pending completion of an earlier run is counted as complete, other torrents as waiting', async () => {
    const stages = ['tracked', 'completing', 'completed'] as const;
    const finished = seen({ phase: 'complete', progress: 1 });
    const records = stages.map((stage, index) =>
      Object.assign(createRecord(hashOf(index), 0), { stage, card: true, finished }),
    );
    const world = startWorld({ records });
    world.script.publish = () => failure('unreachable');
    const counts = nonZero(await watch(world)(), 'qbit_ntfy_torrents');
    assert.deepEqual(counts, { 'state="complete"': 2, 'state="waiting"': 1 });
  });
});
