import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BUTTON_ACTIONS } from '../../machines/remote/types.ts';
import { TOPIC_STATES } from '../../machines/remote/selectors.ts';
import type { ButtonStatus } from '../../src/app/button-status.ts';
import { buttonsText } from '../../src/page/html/buttons.ts';
import { findShownActor } from '../../src/page/actors.ts';
import { createViewModel } from '../../src/page/view-model.ts';
import type { ViewModel } from '../../src/page/view-model.ts';
import { failure, hashOf, MINUTE, SECOND } from '../machines/fixtures.ts';
import { download, press, startButtons } from '../machines/remote/scene.ts';
import { endedTorrent } from '../store/fixtures.ts';
import { startWorld } from '../support/world.ts';
import { sourcesOf, startSimulatedScene, take } from './setup.ts';

const now = Date.UTC(2026, 10, 23, 14, 0);

const view = (over: Partial<ViewModel> = {}): ViewModel => ({
  ...createViewModel(sourcesOf(startWorld()), 0),
  now,
  ...over,
});

const done = { action: 'pause', key: hashOf(1), name: 'debian.iso', at: '2026-11-23T13:58:00.000Z' } as const;
const last = { ...done, failure: null };

const ready: ButtonStatus = { state: 'listening', failure: null, supported: true, torrents: 3, last: null };

/** Tone, text and detail of the card, without its markup. */
function cardOf(over: Partial<ButtonStatus>, more: Partial<ViewModel> = {}): string {
  const { tone, text, detail } = buttonsText({ ...ready, ...over }, view(more));
  return `${tone}: ${text}: ${detail.replaceAll(/<[^>]*>/g, '')}`;
}

describe('the card about the buttons', () => {
  test('shows whether presses arrive, and for how many downloads', () => {
    assert.equal(cardOf({}), 'done: Ready: for 3 downloads');
    assert.equal(cardOf({ torrents: 1 }), 'done: Ready: for 1 download');
    assert.equal(cardOf({ torrents: 1200 }), 'done: Ready: for 1,200 downloads');
    assert.equal(cardOf({ state: 'asleep', torrents: 0 }), 'waiting: Idle: no card has buttons');
    assert.equal(cardOf({ state: 'connecting' }), 'waiting: Connecting: for 3 downloads');
  });

  test('shows why presses do not arrive, also during the next attempt', () => {
    for (const state of ['backingOff', 'connecting'] as const) {
      const unreachable = { kind: 'unreachable', message: 'ntfy.example does not answer' } as const;
      assert.equal(
        cardOf({ state, failure: unreachable }),
        'warn: Presses do not arrive: ntfy.example does not answer',
      );
      const forbidden = { kind: 'unauthorized', message: 'ntfy.example answers 403' } as const;
      assert.equal(
        cardOf({ state, failure: forbidden }),
        'bad: Command topic refused: ntfy.example answers 403',
      );
    }
  });

  test('says that ntfy is too old for buttons', () => {
    assert.equal(
      cardOf({ supported: false, state: 'asleep', torrents: 0 }),
      'warn: Not possible: ntfy 2.16 or later is needed',
    );
    assert.match(cardOf({ supported: null }), /Ready/);
  });

  test('shows the last press: its result, its torrent and its time', () => {
    assert.equal(cardOf({ last }), 'done: Ready: for 3 downloads · last press: Paused (debian.iso, 13:58)');
    const away = { kind: 'unreachable', message: '<b>planted</b>' } as const;
    assert.match(
      cardOf({ last: { ...done, failure: away } }),
      /· last press: Not paused: qBittorrent does not answer \(debian\.iso, 13:58\)$/,
    );
    assert.match(cardOf({ last: { ...last, action: 'delete' } }), /press: Asked before deleting \(debian/);
    assert.match(
      cardOf({ last: { ...last, at: '2026-11-22T13:58:00.000Z' } }),
      /\(debian\.iso, 22 Nov 13:58\)/,
    );
  });

  test('names the torrent of the last press also after it was deleted', () => {
    const gone = { ...last, action: 'deleteTorrent', name: null } as const;
    assert.match(cardOf({ last: gone }), /Deleted, its files are kept \(Torrent 01000000, /);
    const finished = [endedTorrent(1, { key: gone.key, name: 'old.iso', end: 'removed' })];
    assert.match(cardOf({ last: gone }, { finished }), /\(old\.iso, /);
    assert.match(
      cardOf({ last: { ...last, action: 'retry', key: 'qbittorrent' } }),
      /Trying again \(13:58\)$/,
    );
  });

  test('has a text for each button and each state', () => {
    for (const action of BUTTON_ACTIONS)
      for (const failed of [null, { kind: 'broken', message: '' } as const])
        assert.match(cardOf({ last: { ...last, action, failure: failed } }), /last press: [A-Z][^(]+ \(/);
    for (const state of TOPIC_STATES) assert.match(cardOf({ state }), /^\w+: [A-Z]/);
  });

  test('escapes and cuts names and failures', () => {
    const hostile = `</span><script>alert(1)</script>\u202E${'x'.repeat(10_000)}`;
    const shown = { ...ready, failure: { kind: 'broken', message: hostile } as const };
    const detail = String(buttonsText({ ...shown, last: { ...last, name: hostile } }, view()).detail);
    assert.doesNotMatch(detail, /<script|\u202E/);
    assert.match(detail, /^&lt;\/span&gt;&lt;script&gt;.*<bdi>&lt;\/span&gt;&lt;script&gt;/);
    assert.ok(detail.length < 800, `${detail.length} characters`);
  });
});

describe('the page', () => {
  test('has no card about buttons without a command topic', async (t) => {
    const { board } = startSimulatedScene(t, startWorld());
    const page = String(board.render(null).board);
    assert.match(page, /id="s-digest"/);
    assert.doesNotMatch(page, /Buttons|s-remote|[Mm]uted/);
  });

  test('receives what a press changes: the card about the buttons, and the row of the muted torrent', async (t) => {
    const world = await startButtons();
    const hash = await download(world);
    await download(world, 2);
    const { board, pass } = startSimulatedScene(t, world);
    const viewer = board.join(null, '');
    const whole = (await take(viewer)).get('board') ?? '';
    assert.match(whole, /id="s-digest".*id="s-remote".*Ready.*for 2 downloads.*id="s-supervisor"/s);
    await press(world, hash, 'mute');
    await pass(5 * SECOND);
    const next = await take(viewer);
    assert.match(next.get('s-remote') ?? '', /last press: Muted \(<bdi>1\.iso<\/bdi>/);
    assert.match(next.get(`t-${hash}`) ?? '', /On the phone: <\/span>Muted at 43%</);
    assert.ok(!next.has(`t-${hashOf(2)}`));

    await pass(2 * MINUTE);
    const later = await take(viewer);
    assert.match(later.get('s-remote') ?? '', /for 1 download /, 'the card of the muted torrent is gone');
    world.set(hash, { progress: 0.6 });
    await pass(5 * SECOND);
    const row = (await take(viewer)).get(`t-${hash}`) ?? '';
    assert.match(row, /60%.*Muted at 43%/s);
  });

  test('receives that the command topic cannot be read', async (t) => {
    const world = await startButtons();
    await download(world);
    const { board, pass } = startSimulatedScene(t, world);
    const viewer = board.join(null, '');
    await take(viewer);
    world.script.stream.isReadable = false;
    const { failure: closed } = failure('unreachable');
    world.script.stream.reader?.report({ type: 'stream.failed', failure: closed });
    await pass(0);
    assert.match((await take(viewer)).get('s-remote') ?? '', /data-tone="warn".*Presses do not arrive/);
  });

  test('opens the chart of the buttons', async (t) => {
    const world = await startButtons();
    await download(world);
    const { board } = startSimulatedScene(t, world);
    const chart = String(board.render(findShownActor('remote', world.supervisor)).chart);
    assert.match(chart, /The buttons of cards/);
    assert.match(chart, /data-state="[^"]*stream\.connected\.listening[^"]*"/);
  });
});
