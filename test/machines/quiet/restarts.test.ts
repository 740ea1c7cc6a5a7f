/** The digest over a kill at each moment, and over a restart. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRecord } from '../../../machines/torrent/record.ts';
import type { StoredQuietDigest } from '../../../machines/quiet/types.ts';
import { createQuietHours } from '../../../src/config/rules/quiet-hours.ts';
import { createModel } from '../../properties/model.ts';
import type { Model } from '../../properties/model.ts';
import type { Moment } from '../../properties/servers.ts';
import { applyStep } from '../../properties/timeline.ts';
import { hashOf, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { digestsOf, download, EVENING, finish, heard, listed, startNight } from './nights.ts';

/** From ten to forty past midnight: the model begins at midnight. */
const quietHours = createQuietHours({ from: '00:10', to: '00:40', through: [] }, 'UTC');

const LABELS = ['torrent 0, round 1', 'torrent 1, round 1'];

const FINISH = 11 * MINUTE;

/** Two downloads that finish in quiet hours. `killAt`: a second's kill at this instant after the start. */
async function live(model: Model, killAt: number | null = null): Promise<void> {
  const passTo = (ms: number) => model.pass(Math.max(0, ms - model.clock.now()));
  for (const n of [0, 1]) applyStep(model, { do: 'add', n, magnet: false, hooks: 1 });
  if (killAt !== null && killAt < FINISH) {
    await passTo(killAt);
    model.end(SECOND);
  }
  await passTo(FINISH);
  for (const n of [0, 1]) applyStep(model, { do: 'finish', n });
  if (killAt !== null && killAt >= FINISH) {
    await passTo(killAt);
    model.end(SECOND);
  }
  await passTo(2 * HOUR);
}

/** How often each completion was heard: by its own card, or in a digest that made a sound. */
function soundsOf({ phone }: Model): number[] {
  const digests = phone.heard.flatMap((name) => {
    const card = phone.cards.get(name);
    return card?.kind === 'digest' ? [card.lines.map((line) => line.name)] : [];
  });
  return LABELS.map(
    (label) => (phone.sounds.get(label) ?? 0) + digests.filter((names) => names.includes(label)).length,
  );
}

test('without a kill, both completions are heard in one digest', async () => {
  const model = createModel({ quietHours });
  await live(model);
  assert.deepEqual(soundsOf(model), [1, 1]);
  assert.equal(model.phone.heard.length, 1);
  assert.equal(model.store.quietDigest, 'null');
});

/** The number of messages without a kill: progress, completions, deletions, the digest. */
async function countMessages(): Promise<number> {
  let messages = 0;
  await live(createModel({ quietHours, onPublish: () => (messages += 1) }));
  return messages;
}

describe('each completion is heard exactly once, whenever the process is killed:', () => {
  for (const moment of ['before', 'after'] satisfies Moment[]) {
    for (const [length, down] of [
      ['a moment', 1],
      ['longer than the quiet hours', 40 * MINUTE],
    ] as const) {
      test(`${moment} ntfy has accepted a message, and down for ${length}`, async () => {
        const messages = await countMessages();
        assert.ok(messages >= 7, `${messages} messages`);
        for (let nth = 1; nth <= messages; nth += 1) {
          let sent = 0;
          const model: Model = createModel({
            quietHours,
            onPublish: () => {
              sent += 1;
              if (sent === nth) model.state.crash = { calls: 1, moment, down };
            },
          });
          await live(model);
          assert.equal(model.world.starts.length, 2, `message ${nth}`);
          assert.deepEqual(soundsOf(model), [1, 1], `message ${nth}: ${model.phone.heard.join()}`);
        }
      });
    }
  }

  test('each half second around the completions and the end of the quiet hours', async () => {
    for (const instant of [FINISH, 40 * MINUTE]) {
      for (let at = instant - SECOND; at <= instant + 8 * SECOND; at += SECOND / 2) {
        const model = createModel({ quietHours });
        await live(model, at);
        assert.equal(model.world.starts.length, 2, `at ${at} ms`);
        assert.deepEqual(soundsOf(model), [1, 1], `at ${at} ms`);
      }
    }
  });
});

const torrent = hashOf(1);

const pending: StoredQuietDigest = {
  id: null,
  members: [
    {
      kind: 'alert',
      key: torrent,
      what: 'stalled',
      name: 'a.iso',
      size: 0,
      percent: 50,
      route: 'default',
      priority: 4,
    },
  ],
  dropped: {},
  announced: [],
};

describe('a process that starts in the morning, with an alert of the night,', () => {
  const record = {
    ...createRecord(torrent, EVENING),
    card: true,
    shown: { percent: 50, phase: 'stalled' as const },
    highest: 50,
    alert: 'stalled' as const,
  };
  const skew = EVENING + 11 * HOUR;

  test('sends the digest once it has seen that the alert is not over', async () => {
    const night = startNight({ stored: pending, records: [record], skew });
    night.set(torrent, { phase: 'stalled', progress: 0.5 });
    await night.pass(30 * SECOND);
    assert.deepEqual(digestsOf(night), []);
    await night.pass(MINUTE);
    assert.deepEqual(listed(night), [['alert a.iso']]);
    assert.deepEqual(heard(night), ['digest']);
  });

  test('sends none if the torrent works again', async () => {
    const night = startNight({ stored: pending, records: [record], skew });
    night.set(torrent, { phase: 'downloading', progress: 0.5 });
    await night.pass(10 * MINUTE);
    assert.deepEqual([digestsOf(night), heard(night)], [[], []]);
    assert.equal(night.saved.at(-1), null);
  });
});

test('a completion that ntfy has not accepted itself when its digest was heard is silent after a restart, too', async () => {
  const night = startNight();
  await download(night, torrent, 'a.iso');
  await night.until('23:00');
  const { publish } = night.script;
  night.script.publish = (notification) =>
    notification.kind === 'completion'
      ? { ok: false, failure: { kind: 'rejected', message: '400' } }
      : publish(notification);
  await finish(night, torrent);
  await night.until('07:05');
  assert.deepEqual(heard(night), ['digest']);
  const stored = night.saved.at(-1);
  assert.equal(stored?.members.length, 0);

  const next = startNight({
    ...(stored === null || stored === undefined ? {} : { stored }),
    records: night.records(),
    skew: night.now(),
  });
  await next.pass(MINUTE);
  assert.deepEqual([...next.phone.completed.keys()], ['a.iso']);
  assert.deepEqual(heard(next), []);
  // Added again, it is another download; a card that is showing would be updated without a sound.
  next.phone.swipe(torrent);
  await download(next, torrent, 'a.iso');
  await finish(next, torrent);
  assert.deepEqual(heard(next), [`${torrent}-done`]);
});
