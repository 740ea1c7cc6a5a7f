/** When ntfy is away as quiet hours begin or end. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isSilenced } from '../../../machines/quiet/sound.ts';
import { hashOf } from '../fixtures.ts';
import {
  digestsOf,
  download,
  finish,
  heard,
  listed,
  loseNtfy,
  recover,
  stall,
  startNight,
} from './nights.ts';

const [first, second, third] = [hashOf(1), hashOf(2), hashOf(3)];

describe('when ntfy is away', () => {
  test('from before quiet hours until they have begun, what it accepts then makes no sound', async () => {
    const night = startNight();
    await download(night, first, 'a.iso');
    const returns = loseNtfy(night);
    await finish(night, first);
    await night.until('23:00');
    returns();
    await night.until('23:30');
    assert.deepEqual([...night.phone.completed.keys()], ['a.iso']);
    assert.deepEqual(heard(night), []);
    await night.until('07:01');
    assert.deepEqual(listed(night), [['completion a.iso']]);
    assert.deepEqual(heard(night), ['digest']);
  });

  test('for the whole night, its return is heard once', async () => {
    const night = startNight();
    const torrents = [first, second, third];
    for (const hash of torrents) await download(night, hash, hash);
    await night.until('22:10');
    const returns = loseNtfy(night);
    for (const hash of torrents) await finish(night, hash);
    await night.until('09:00');
    returns();
    await night.until('10:00');
    assert.deepEqual(heard(night), ['digest']);
    assert.equal(night.phone.completed.size, 3);
    assert.equal(listed(night)[0]?.length, 3);
  });

  test('until the next night, the digest arrives without a sound, and is heard the morning after, as another card', async () => {
    const night = startNight();
    await download(night, first, 'a.iso');
    await night.until('23:00');
    await finish(night, first);
    await night.until('06:00');
    const returns = loseNtfy(night);
    await night.until('22:30');
    returns();
    await night.until('23:30');
    assert.deepEqual([digestsOf(night).map(isSilenced), heard(night)], [[true], []]);
    await night.until('07:01');
    assert.deepEqual(digestsOf(night).map(isSilenced), [true, false]);
    assert.equal(new Set(digestsOf(night).map(({ sequence }) => sequence)).size, 2);
    assert.deepEqual(heard(night), ['digest']);
  });

  test('for two nights, one digest has what happened in both', async () => {
    const night = startNight();
    await download(night, first, 'a.iso');
    await download(night, second, 'b.iso');
    await night.until('23:00');
    await finish(night, first);
    await night.until('06:00');
    const returns = loseNtfy(night);
    await night.until('23:00');
    await finish(night, second);
    await night.until('08:00');
    returns();
    await night.until('09:00');
    assert.deepEqual(listed(night), [['completion b.iso', 'completion a.iso']]);
    assert.deepEqual(heard(night), ['digest']);
  });

  test('in the morning, an alert that is over meanwhile leaves the digest that waits', async () => {
    const night = startNight();
    await download(night, first, 'a.iso');
    await download(night, second, 'b.iso');
    await night.until('23:00');
    await finish(night, first);
    await stall(night, second);
    await night.until('06:59');
    const returns = loseNtfy(night);
    await night.until('07:05');
    await recover(night, second);
    returns();
    await night.until('08:00');
    assert.deepEqual(listed(night).at(-1), ['completion a.iso']);
    assert.equal(heard(night).length, 1);
  });
});
