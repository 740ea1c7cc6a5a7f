/** What happens in quiet hours is on the phone at once, and is heard once, when they are over. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hashOf, MINUTE } from '../fixtures.ts';
import { digestsOf, download, finish, heard, listed, stall, startNight } from './nights.ts';

const [first, second, third, fourth] = [hashOf(1), hashOf(2), hashOf(3), hashOf(4)];

describe('a completion in quiet hours', () => {
  test('is sent at once without a sound, and is heard in one digest when they are over', async () => {
    const night = startNight();
    await download(night, first, 'a.iso');
    await night.until('23:00');
    await finish(night, first);
    assert.deepEqual([...night.phone.completed.keys()], ['a.iso']);
    assert.deepEqual(heard(night), []);
    await night.until('06:59');
    assert.deepEqual(digestsOf(night), []);
    await night.until('07:01');
    assert.deepEqual(heard(night), ['digest']);
    assert.deepEqual(listed(night), [['completion a.iso']]);
    await night.until('21:00');
    assert.equal(digestsOf(night).length, 1);
    assert.equal(night.saved.at(-1), null);
  });

  test('is stored before it is sent', async () => {
    const night = startNight();
    await download(night, first, 'a.iso');
    await night.until('23:00');
    const storedAtPublish: number[] = [];
    const { publish } = night.script;
    night.script.publish = (notification) => {
      if (notification.kind === 'completion') storedAtPublish.push(night.saved.at(-1)?.members.length ?? 0);
      return publish(notification);
    };
    await finish(night, first);
    assert.deepEqual(storedAtPublish, [1]);
  });

  test('is listed although the torrent is removed before they are over', async () => {
    const night = startNight();
    await download(night, first, 'a.iso');
    await night.until('23:00');
    await finish(night, first);
    night.torrents.clear();
    await night.until('07:01');
    assert.deepEqual(listed(night), [['completion a.iso']]);
  });

  test('has a line for each time that the torrent was added', async () => {
    const night = startNight();
    for (const time of ['23:00', '01:00']) {
      await night.until(time);
      await download(night, first, 'a.iso');
      await finish(night, first);
      night.torrents.clear();
      await night.pass(5 * MINUTE);
    }
    await night.until('07:01');
    assert.deepEqual(listed(night), [['completion a.iso', 'completion a.iso']]);
    assert.deepEqual(heard(night), ['digest']);
  });
});

test('outside of quiet hours, each completion is heard itself, and there is no digest', async () => {
  const night = startNight();
  await download(night, first, 'a.iso');
  await finish(night, first);
  assert.deepEqual(heard(night), [`${first}-done`]);
  await night.until('07:10');
  await download(night, second, 'b.iso');
  await finish(night, second);
  await night.until('20:00');
  assert.deepEqual(heard(night), [`${first}-done`, `${second}-done`]);
  assert.deepEqual(digestsOf(night), []);
  assert.deepEqual(night.saved, []);
});

test('what is wrong comes first, then the newest completions, and all are counted', async () => {
  const night = startNight();
  for (const [hash, name] of [
    [first, 'a.iso'],
    [second, 'b.iso'],
    [third, 'c.iso'],
    [fourth, 'd.iso'],
  ] as const)
    await download(night, hash, name);
  await night.until('23:00');
  await finish(night, first);
  await stall(night, fourth);
  await finish(night, second);
  await finish(night, third);
  await night.until('07:01');
  assert.deepEqual(listed(night), [
    ['alert d.iso', 'completion c.iso', 'completion b.iso', 'completion a.iso'],
  ]);
  assert.deepEqual(digestsOf(night)[0]?.counts, { completion: 3, alert: 1, incident: 0 });
  assert.deepEqual(heard(night), ['digest']);
});
