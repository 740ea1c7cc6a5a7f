/** The buttons of cards, and the link to the WebUI. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Alert, Form, Notification } from '../../machines/domain.ts';
import { BUTTON_ACTIONS } from '../../machines/remote/types.ts';
import type { ButtonAction, ButtonSet, Command } from '../../machines/remote/types.ts';
import { renderCard } from '../../src/ntfy/card.ts';
import type { CardOptions, Published } from '../../src/ntfy/card.ts';
import { secret } from '../../src/util/secret.ts';
import { completionOf, key, progressOf } from './cards.ts';

const plain: CardOptions = { topic: 'downloads', instance: 'qbit', timeZone: 'UTC' };
const url = 'https://ntfy.example.org/commands';
const webUi = 'https://qbittorrent.example.org/';
const signed: Command[] = [];
const sign = (command: Command): string => {
  signed.push(command);
  return `signed ${command.action}`;
};
const withButtons: CardOptions = { ...plain, buttons: { url, token: null, sign } };

const setOf = (...actions: ButtonAction[]): ButtonSet => ({
  round: 3,
  serial: 7,
  expiresAt: 1_800_000_000_000,
  actions,
});
const alertOf = (alert: Alert = 'stalled', buttons = setOf('reannounce', 'mute', 'delete')) =>
  ({ kind: 'alert', key, name: 'debian.iso', percent: 42, alert, buttons }) satisfies Notification;
const incident = {
  kind: 'incident',
  key: 'qbittorrent',
  failure: { kind: 'unauthorized', message: 'qBittorrent rejected the password' },
  buttons: setOf('retry'),
} satisfies Notification;
const progress = { ...progressOf(), buttons: setOf('pause', 'mute', 'delete') } satisfies Notification;
const summary = {
  kind: 'summary',
  key: 'summary',
  at: 0,
  downloads: 12,
  percent: 43,
  speed: 13_000_000,
  eta: 4320,
  lines: [],
} satisfies Notification;
const digest = {
  kind: 'digest',
  about: 'completions',
  key: 'd1',
  memberRoute: 'default',
  sequence: 'digest-d1',
  priority: 4,
  counts: { completion: 12, alert: 0, incident: 0 },
  lines: [],
  upTo: 12,
} satisfies Notification;

const labels = (notification: Published, options = withButtons, form: Form = 'full') =>
  (renderCard(notification, options, form).actions ?? []).map(({ label }) => label);

describe('a button', () => {
  test('is an http action that publishes its signed command', () => {
    signed.length = 0;
    const { actions, ...card } = renderCard({ ...progressOf(), buttons: setOf('pause') }, withButtons);
    assert.deepEqual(JSON.parse(JSON.stringify(actions)), [
      { action: 'http', label: 'Pause', url, method: 'POST', body: 'signed pause', clear: false },
    ]);
    assert.deepEqual(card, renderCard(progressOf(), plain), 'nothing else changes');
    const { round, serial, expiresAt } = setOf('pause');
    assert.deepEqual(signed, [{ round, serial, expiresAt, action: 'pause', card: 'progress', key }]);
  });

  test('has the token in its header, if one is needed', () => {
    const buttons = { url, token: secret('tk_write'), sign };
    const { actions } = renderCard(incident, { ...plain, buttons });
    assert.deepEqual(actions, [
      {
        action: 'http',
        label: 'Try again',
        url,
        method: 'POST',
        headers: { Authorization: 'Bearer tk_write' },
        body: 'signed retry',
        clear: false,
      },
    ]);
  });

  test('names its card and its key in the command', () => {
    signed.length = 0;
    for (const notification of [progress, alertOf(), incident]) renderCard(notification, withButtons);
    assert.deepEqual(
      signed.map(({ card, key, action }) => [card, key, action]),
      [
        ['progress', key, 'pause'],
        ['progress', key, 'mute'],
        ['progress', key, 'delete'],
        ['alert', key, 'reannounce'],
        ['alert', key, 'mute'],
        ['alert', key, 'delete'],
        ['incident', 'qbittorrent', 'retry'],
      ],
    );
  });

  test('has a label for each action; there are at most three', () => {
    const all = BUTTON_ACTIONS.map((action) => labels({ ...progressOf(), buttons: setOf(action) }).join('|'));
    assert.deepEqual(all, [
      'Pause',
      'Resume',
      'Reannounce',
      'Recheck',
      'Mute',
      'Unmute',
      'Delete',
      'Delete',
      'Delete with files',
      'Keep',
      'Try again',
    ]);
    assert.equal(labels({ ...progressOf(), buttons: setOf(...BUTTON_ACTIONS) }).length, 3);
    const confirmation = setOf('deleteTorrent', 'deleteFiles', 'keep');
    assert.deepEqual(labels(alertOf('failed', confirmation)), ['Delete', 'Delete with files', 'Keep']);
  });

  test('is the same text for the same set, so that a card is not changed by it', () => {
    assert.deepEqual(renderCard(progress, withButtons), renderCard(progress, withButtons));
  });

  test('is in the short form of the message, too, but not in the last one, which nothing may reject', () => {
    for (const notification of [progress, alertOf(), incident]) {
      const full = renderCard(notification, withButtons);
      assert.deepEqual(renderCard(notification, withButtons, 'plain').actions, full.actions);
      const last = renderCard(notification, { ...withButtons, webUi }, 'fixed');
      assert.deepEqual(last, renderCard(notification, plain, 'fixed'));
    }
  });
});

describe('without a command topic', () => {
  test('a set of buttons changes nothing, not even the bytes', () => {
    for (const notification of [progress, alertOf(), incident]) {
      const { buttons, ...without } = notification;
      assert.ok(buttons.actions.length > 0);
      for (const form of ['full', 'plain', 'fixed'] as const)
        assert.equal(
          JSON.stringify(renderCard(notification, plain, form)),
          JSON.stringify(renderCard(without, plain, form)),
        );
    }
  });

  test('and with one, cards without a set of buttons are unchanged, too', () => {
    for (const notification of [progressOf(), completionOf(), summary, digest])
      assert.equal(
        JSON.stringify(renderCard(notification, { ...withButtons, webUi: null })),
        JSON.stringify(renderCard(notification, plain)),
      );
  });
});

describe('the address of the WebUI', () => {
  const linked = { ...plain, webUi };
  const view = { action: 'view', label: 'Open', url: webUi, clear: false };

  test('is opened by a tap on any card, and by a button of those that have no others', () => {
    for (const notification of [progressOf(), alertOf(), incident]) {
      const card = renderCard(notification, linked);
      assert.deepEqual([card.click, card.actions], [webUi, undefined]);
    }
    for (const notification of [completionOf(), summary, digest]) {
      const card = renderCard(notification, linked);
      assert.deepEqual([card.click, card.actions], [webUi, [view]]);
    }
    assert.deepEqual(labels(progress, { ...withButtons, webUi }), ['Pause', 'Mute', 'Delete']);
  });

  test('does not replace what a rule opens', () => {
    const style = { click: 'https://jellyfin.example.org/{{hash}}' };
    const card = renderCard(completionOf(), linked, 'full', style);
    assert.equal(card.click, `https://jellyfin.example.org/${key}`);
    assert.deepEqual(card.actions, [view]);
    const fixed = { title: 't', message: 'm', tags: [], priority: 4, click: 'https://stored.example.org/' };
    assert.equal(renderCard({ ...completionOf(), fixed }, linked).click, 'https://stored.example.org/');
    assert.equal(renderCard(completionOf(), linked, 'plain', style).click, webUi);
  });
});
