/** The page writes numbers and times as the cards do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TorrentStatus } from '../../src/app/status.ts';
import { board } from '../../src/page/html/board.ts';
import { createBoard } from '../../src/page/live/board.ts';
import { createViewModel } from '../../src/page/view-model.ts';
import { hashOf, SECOND } from '../machines/fixtures.ts';
import { recorder } from '../server/apps.ts';
import { following, sourcesOf } from './setup.ts';

const textOf = (markup: unknown): string =>
  String(markup)
    .replaceAll(/<[^>]*>/g, '|')
    .replaceAll(/\|+/g, '|')
    .replaceAll(/[\u00a0\u202f]/g, ' ');

const german = { locale: 'de', units: 'binary', timeZone: 'Europe/Berlin' } as const;

test('with a locale and binary units, rows, summary and chart have them', async (t) => {
  const world = await following(1);
  world.set(hashOf(0), { size: 4_700_000_000, speed: 1_300_000, eta: 7200, progress: 0.429 });
  await world.pass(10 * SECOND);
  const live = createBoard(sourcesOf(world, german), recorder().log);
  t.after(() => live.close());
  const shown = { id: hashOf(0), machine: 'torrent', parents: [] } as const;
  const { summary, chart } = live.render(shown);
  assert.match(textOf(summary), /^\|1 download · 1,2 MiB\/s\|$/);
  assert.match(
    textOf([...live.rows()].join('')),
    /\|42 %\|4,4 GiB · 1,2 MiB\/s · ETA 2h \(03:00\)\|.*\|42 %\|/,
  );
  assert.match(textOf(chart), /42 % · 4,4 GiB · 1,2 MiB\/s .* on the phone: 42 %/);
});

test('finished torrents have their size and time in them, too', async () => {
  const world = await following(1);
  world.set(hashOf(0), { size: 4_700_000_000, phase: 'complete', progress: 1 });
  world.finish(hashOf(0));
  await world.pass(30 * SECOND);
  const view = createViewModel(sourcesOf(world, german), 0);
  assert.match(
    textOf(board(view, [] as TorrentStatus[])),
    /Complete · 4,4 GiB in 8m 20s · 1\.000 B\/s\|01:00\|/,
  );
});
