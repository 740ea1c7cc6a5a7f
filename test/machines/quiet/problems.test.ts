/** Alerts and incidents of the night, and what is let through. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hashOf } from '../fixtures.ts';
import {
  digestsOf,
  download,
  finish,
  heard,
  leave,
  listed,
  recover,
  stall,
  startNight,
  stateOf,
} from './nights.ts';
import type { Night } from './nights.ts';

const [first, second] = [hashOf(1), hashOf(2)];

describe('what is over before the end of quiet hours is not in the digest:', () => {
  test('a torrent that works again', async () => {
    const night = startNight();
    await download(night, first, 'a.iso');
    await night.until('23:00');
    await stall(night, first);
    assert.equal(night.phone.cards.get(`${first}-err`)?.kind, 'alert');
    await recover(night, first);
    await night.until('08:00');
    assert.deepEqual([digestsOf(night), heard(night)], [[], []]);
    assert.equal(stateOf(night), 'idle');
  });

  test('the alert of a torrent that was removed', async () => {
    const night = startNight();
    await download(night, first, 'a.iso');
    await night.until('23:00');
    await stall(night, first);
    night.torrents.clear();
    await night.until('08:00');
    assert.deepEqual(digestsOf(night), []);
  });

  test('the alert of a torrent that is complete by then', async () => {
    const night = startNight();
    await download(night, first, 'a.iso');
    await night.until('23:00');
    await stall(night, first);
    await finish(night, first);
    await night.until('08:00');
    assert.deepEqual(listed(night), [['completion a.iso']]);
  });

  test('qBittorrent that answers again', async () => {
    const night = startNight();
    await download(night, first, 'a.iso');
    await night.until('23:00');
    const comeBack = await leave(night);
    assert.equal(night.phone.cards.get('qbittorrent')?.kind, 'incident');
    await comeBack();
    await night.until('08:00');
    assert.deepEqual([digestsOf(night), heard(night)], [[], []]);
  });

  test('an alert that became another one: the newer one is listed', async () => {
    const night = startNight();
    await download(night, first, 'a.iso');
    await night.until('23:00');
    await stall(night, first);
    night.set(first, { phase: 'failed' });
    await night.until('07:01');
    assert.deepEqual(
      digestsOf(night).flatMap(({ lines }) => lines.map(({ what }) => what)),
      ['failed'],
    );
  });
});

test('qBittorrent that does not answer in the morning is in the digest', async () => {
  const night = startNight();
  await download(night, first, 'a.iso');
  await night.until('23:00');
  await leave(night);
  await night.until('07:01');
  assert.deepEqual(listed(night), [['incident unreachable']]);
  assert.deepEqual(heard(night), ['digest']);
});

describe('`through`', () => {
  async function happen(night: Night) {
    await download(night, first, 'a.iso');
    await download(night, second, 'b.iso');
    await night.until('23:00');
    await finish(night, first);
    await stall(night, second);
    await leave(night);
    const before = heard(night);
    await night.until('07:01');
    return { before, counts: digestsOf(night)[0]?.counts };
  }

  const cases = [
    ['completions', `${first}-done`, { completion: 0, alert: 1, incident: 1 }],
    ['alerts', `${second}-err`, { completion: 1, alert: 0, incident: 1 }],
    ['incidents', 'qbittorrent', { completion: 1, alert: 1, incident: 0 }],
  ] as const;
  for (const [through, sound, counts] of cases)
    test(`lets ${through} make a sound, and the digest does not repeat them`, async () => {
      assert.deepEqual(await happen(startNight({ through: [through] })), { before: [sound], counts });
    });

  test('with all of them leaves no digest', async () => {
    const night = startNight({ through: ['completions', 'alerts', 'incidents'] });
    assert.equal((await happen(night)).counts, undefined);
    assert.deepEqual(night.saved, []);
  });
});
