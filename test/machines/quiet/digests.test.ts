/** Sounds, topics, crashes and the status of digests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { servicesOf } from '../../../src/app/status.ts';
import type { Failure } from '../../../machines/domain.ts';
import { failure, hashOf, MINUTE, ok, SECOND } from '../fixtures.ts';
import { createTestRules } from '../../support/rules.ts';
import { startWorld } from '../../support/world.ts';
import { digestsOf, download, EVENING, finish, heard, listed, recover, stall, startNight } from './nights.ts';
import type { Night } from './nights.ts';

const forbidden: Failure = {
  kind: 'unauthorized',
  message: 'ntfy answered 40301',
  answer: { status: 403, code: 40_301, bytes: 1 },
};

const [first, second] = [hashOf(1), hashOf(2)];

describe('the sound of a digest is that of its members:', () => {
  test('the same alert within an hour makes none', async () => {
    const night = startNight();
    await download(night, first, 'a.iso');
    await night.until('23:00');
    await stall(night, first);
    await night.until('07:05');
    assert.deepEqual(heard(night), ['digest']);
    await recover(night, first);
    await stall(night, first);
    assert.deepEqual(heard(night), ['digest']);
    await recover(night, first);
    await night.until('08:30');
    await stall(night, first);
    assert.deepEqual(heard(night), ['digest', `${first}-err`]);
  });

  test('an alert that made a sound just before quiet hours is not in it', async () => {
    const night = startNight();
    await download(night, first, 'a.iso');
    await night.until('21:50');
    await stall(night, first);
    await recover(night, first);
    await night.until('22:10');
    await stall(night, first);
    await night.until('08:00');
    assert.deepEqual(heard(night), [`${first}-err`]);
    assert.deepEqual(digestsOf(night), []);
  });
});

test('each topic has its own digest, and one that is delivered is not sent again for the other', async () => {
  const night = startNight();
  const { quietDigest } = night.supervisor.getSnapshot().context;
  assert.ok(quietDigest !== null);
  await night.until('23:00');
  for (const [id, route, key] of [
    ['x1', 'default', first],
    ['x2', 'films', second],
  ] as const) {
    const torrent = { ...(await observed(night, key)), name: route };
    const notification = { id, kind: 'completion', key, torrent, at: 0, route } as const;
    night.supervisor.getSnapshot().children.outbox?.send({ type: 'notification.publish', notification });
    await night.pass(5 * SECOND);
  }
  let times = 0;
  const { publish } = night.script;
  night.script.publish = (notification) => {
    if (notification.kind !== 'digest' || notification.route !== 'films') return publish(notification);
    times += 1;
    return times < 3 ? failure('broken') : publish(notification);
  };
  await night.until('08:00');
  assert.deepEqual(
    digestsOf(night).map(({ memberRoute, lines }) => [memberRoute, lines.map(({ name }) => name)]),
    [
      ['default', ['default']],
      ['films', ['films']],
    ],
  );
  assert.equal(night.saved.at(-1), null);
});

test('the digest of a topic that ntfy refuses is heard on the default topic five minutes later, once', async () => {
  const { rules } = createTestRules(() => ({ rule: 'films', route: 'films' }));
  const night = startNight({ rules });
  await download(night, first, 'a.iso');
  await night.until('23:00');
  await finish(night, first);
  await night.until('06:59');
  night.script.publish = ({ route }) =>
    route === 'films' ? { ok: false, failure: forbidden } : ok({ live: true });
  await night.until('07:04');
  assert.deepEqual(digestsOf(night), []);
  await night.until('08:00');
  assert.deepEqual(
    digestsOf(night).map(({ route, memberRoute, lines }) => [route, memberRoute, lines.length]),
    [[undefined, 'films', 1]],
  );
  assert.deepEqual(
    heard(night).filter((name) => name !== 'topic'),
    ['digest'],
  );
  assert.equal(night.saved.at(-1)?.members.length ?? 0, 0);
});

async function observed(night: Night, hash: string) {
  night.set(hash, { progress: 1, phase: 'complete', finishedAt: 1 });
  const torrent = night.torrents.get(hash);
  night.torrents.delete(hash);
  assert.ok(torrent !== undefined);
  return torrent;
}

test('rules that no longer have quiet hours end them within a minute', async () => {
  const night = startNight();
  await download(night, first, 'a.iso');
  await night.until('23:00');
  await finish(night, first);
  const { quietDigest } = night.supervisor.getSnapshot().context;
  assert.ok(quietDigest !== null);
  Object.assign(quietDigest, { hours: () => null });
  await night.pass(2 * MINUTE);
  assert.deepEqual(heard(night), ['digest']);
});

test('a crash of the services costs neither the digest nor its sound', async () => {
  const night = startNight();
  await download(night, first, 'a.iso');
  await night.until('23:00');
  await finish(night, first);
  const { publish } = night.script;
  night.script.hangs.publish = 1;
  await download(night, second, 'b.iso');
  // The request never settles: the outbox crashes, and all services are started again.
  await night.pass(10 * MINUTE);
  assert.equal(night.events.filter(({ type }) => type === 'service.crashed').length, 1);
  night.script.publish = publish;
  await night.until('07:02');
  assert.deepEqual(listed(night), [['completion a.iso']]);
  assert.deepEqual(heard(night), ['digest']);
});

test('the status shows what is pending, and nothing without quiet hours', async () => {
  const night = startNight();
  await download(night, first, 'a.iso');
  await night.until('23:00');
  assert.deepEqual(servicesOf(night.supervisor).quiet, { state: 'idle', pending: 0 });
  await finish(night, first);
  assert.deepEqual(servicesOf(night.supervisor).quiet, { state: 'waiting', pending: 1 });
  assert.equal('quiet' in servicesOf(startWorld({ skew: EVENING }).supervisor), false);
});
