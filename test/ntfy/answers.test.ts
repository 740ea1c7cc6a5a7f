/** What cards say after a press of a button. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BUTTON_ACTIONS } from '../../machines/remote/types.ts';
import type { ButtonAction, CardAnswer } from '../../machines/remote/types.ts';
import type { Failure } from '../../machines/domain.ts';
import { renderCard } from '../../src/ntfy/card.ts';
import type { Published } from '../../src/ntfy/card.ts';
import { hashOf, seen } from '../machines/fixtures.ts';

const options = { topic: 'topic', instance: 'qbit', timeZone: 'UTC' };
const SECRET = '<script>10.0.0.1 password</script>';

const answerTo = (
  action: ButtonAction,
  kind: Failure['kind'] | null = null,
  sharesFiles: boolean | null = false,
): CardAnswer => ({
  action,
  failure: kind === null ? null : { kind, message: SECRET },
  sharesFiles,
});

const progress = (answer: CardAnswer): Published => ({
  kind: 'progress',
  key: hashOf(1),
  torrent: seen({ progress: 0.43 }),
  at: 0,
  card: { percent: 43, phase: 'downloading' },
  shown: null,
  answer,
});

const linesOf = (notification: Published, form?: 'plain' | 'fixed') =>
  renderCard(notification, options, form).message.split('\n');

const firstLine = (answer: CardAnswer): string => linesOf(progress(answer))[0] ?? '';

describe('a card', () => {
  for (const [answer, text] of [
    [answerTo('pause'), 'Paused'],
    [answerTo('resume'), 'Resumed'],
    [answerTo('pause', 'unreachable'), 'Not paused: qBittorrent does not answer'],
    [answerTo('recheck', 'unauthorized'), 'No recheck: qBittorrent accepts no login'],
    [answerTo('deleteFiles', 'broken'), 'Not deleted: qBittorrent answers with an error'],
    [answerTo('delete'), 'Delete this torrent?'],
    [answerTo('delete', null, true), 'Delete this torrent? Another torrent uses the same files.'],
    [
      answerTo('delete', null, null),
      'Delete this torrent? It is unknown whether another torrent uses its files.',
    ],
    [answerTo('deleteTorrent'), 'Deleted, its files are kept'],
    [answerTo('mute'), 'Muted at 43%. It will be announced when it is complete.'],
  ] as const)
    test(`says "${text}"`, () => assert.equal(firstLine(answer), text));

  test('shows its progress below, unless it is muted', () => {
    assert.ok(linesOf(progress(answerTo('pause'))).length > 2);
    assert.equal(linesOf(progress(answerTo('mute'))).length, 1);
  });

  test('contains nothing of the failure itself, whatever was pressed', () => {
    for (const action of BUTTON_ACTIONS)
      for (const kind of ['unreachable', 'protocol', 'bug'] as const) {
        const text = JSON.stringify(renderCard(progress(answerTo(action, kind)), options));
        assert.ok(!text.includes('script') && !text.includes('10.0.0.1'));
      }
  });

  test('says the same as plain text', () =>
    assert.equal(linesOf(progress(answerTo('pause')), 'plain')[0], 'Paused'));
});

const summary = (answer: CardAnswer, name: string | null) =>
  linesOf({
    kind: 'summary',
    key: 'summary',
    at: 0,
    downloads: 1,
    percent: 4,
    speed: 0,
    eta: null,
    lines: [{ key: hashOf(1), name, percent: 4 }],
    answer: { ...answer, key: hashOf(1), name },
  });

describe('a summary', () => {
  test('says for which torrent', () => {
    assert.equal(summary(answerTo('pause'), 'a.iso')[0], 'a.iso: Paused');
    assert.equal(
      summary(answerTo('mute'), 'a.iso')[0],
      'a.iso: Muted at 4%. It will be announced when it is complete.',
    );
  });

  test('cannot ask, so nothing is deleted', () =>
    assert.equal(
      summary(answerTo('delete'), 'a.iso')[0],
      'a.iso: Not deleted: open qBittorrent to delete it',
    ));

  test('still counts the downloads for which there is no line', () =>
    assert.ok(!summary(answerTo('pause'), 'a.iso').join('\n').includes('more')));
});
