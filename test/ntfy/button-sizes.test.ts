/** With buttons, too, no card is larger than what ntfy accepts: its text is cut instead. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Form } from '../../machines/domain.ts';
import type { ButtonSet } from '../../machines/remote/types.ts';
import { renderCard } from '../../src/ntfy/card.ts';
import type { CardOptions, Published } from '../../src/ntfy/card.ts';
import type { NotificationStyle } from '../../src/ntfy/style.ts';
import { createCodec } from '../../src/remote/codec.ts';
import { secret } from '../../src/util/secret.ts';
import { completionOf, hostileNames, key, progressOf } from './cards.ts';

const instance = 'a-very_long-name18';
const { sign } = createCodec({ secret: secret('k'.repeat(43)), instance, era: 'A1b2C3d4' });
const buttons: ButtonSet = {
  round: Number.MAX_SAFE_INTEGER,
  serial: Number.MAX_SAFE_INTEGER,
  expiresAt: 9_999_999_999_000,
  actions: ['deleteTorrent', 'deleteFiles', 'reannounce'],
};
/** The longest of everything; the URLs have 2,000 bytes, and the token that of a header. */
const longUrl = (bytes: number) => `https://ntfy.example.org/${'u'.repeat(bytes - 25)}`;
const optionsOf = (over: Partial<CardOptions> = {}): CardOptions => ({
  topic: 'd'.repeat(64),
  instance,
  timeZone: 'UTC',
  buttons: { url: longUrl(200), token: secret(`tk_${'t'.repeat(61)}`), sign },
  webUi: longUrl(200),
  ...over,
});

const bytes = (text: string) => Buffer.byteLength(text);
const FORMS: readonly Form[] = ['full', 'plain', 'fixed'];

const cardsOf = (name: string): Published[] => [
  { ...progressOf({ name }), buttons },
  { kind: 'alert', key, name, percent: 42, alert: 'crashing', buttons },
  { kind: 'incident', key: 'qbittorrent', failure: { kind: 'unauthorized', message: name }, buttons },
  completionOf({ name }),
];

/** Many lines of the longest names. */
function listsOf(name: string): Published[] {
  const lines = Array.from({ length: 60 }, () => ({ key, name, percent: 43 }));
  const members = lines.map(
    (line) =>
      ({
        ...line,
        kind: 'completion',
        what: '1',
        size: 4_200_000_000,
        route: 'default',
        priority: 4,
      }) as const,
  );
  return [
    { kind: 'summary', key: 'summary', at: 0, downloads: 900, percent: 43, speed: 12e6, eta: 4320, lines },
    {
      kind: 'digest',
      about: 'completions',
      key: 'd1',
      memberRoute: 'default',
      sequence: 'digest-dabcdefg',
      priority: 4,
      counts: { completion: 2000, alert: 0, incident: 0 },
      lines: members,
      upTo: 2000,
    },
  ];
}

/** As in the rules: title, text and URLs of the greatest length, each character escaped in JSON. */
const style: NotificationStyle = {
  title: '"'.repeat(200),
  message: '"\n'.repeat(750),
  click: `https://x.example/${'c'.repeat(1900)}`,
  icon: `https://x.example/${'i'.repeat(1900)}`,
};

function check(notification: Published, options: CardOptions, form: Form, rule?: NotificationStyle) {
  const card = renderCard(notification, options, form, rule);
  const where = `${notification.kind} ${form}`;
  assert.ok(bytes(JSON.stringify(card)) <= 8000, `${where}: ${bytes(JSON.stringify(card))} bytes`);
  assert.ok(bytes(card.message) <= 3900, where);
  assert.ok(card.message !== '' && card.message.isWellFormed(), where);
  return card;
}

describe('with the longest instance, key, topics and token', () => {
  test('no card of 500 hostile names is too large, and all have their buttons', () => {
    for (const name of hostileNames(500, 17)) {
      for (const notification of cardsOf(name)) {
        for (const form of FORMS) {
          const card = check(notification, optionsOf(), form);
          const count = form === 'fixed' ? 0 : notification.kind === 'completion' ? 1 : 3;
          assert.equal(card.actions?.length ?? 0, count);
        }
      }
    }
  });

  test('the text of a rule is cut, and the buttons stay', () => {
    for (const notification of cardsOf('debian.iso')) {
      if (notification.kind === 'incident') continue;
      const card = check(notification, optionsOf(), 'full', style);
      assert.ok((card.actions?.length ?? 0) > 0, notification.kind);
      assert.match(card.message, /^"\n"/);
    }
    const [progress] = cardsOf('debian.iso');
    assert.ok(progress !== undefined);
    const card = check(progress, optionsOf(), 'full', style);
    assert.match(card.message, /…$/);
    assert.ok(bytes(JSON.stringify(card)) > 7990, 'no further than needed');
  });

  test('a list has fewer lines, and counts the others', () => {
    for (const name of ['"'.repeat(100), '日'.repeat(33), 'debian.iso']) {
      for (const [index, notification] of listsOf(name).entries()) {
        const total = notification.kind === 'summary' ? 900 : 2000;
        for (const address of [200, 2000]) {
          const card = check(notification, optionsOf({ webUi: longUrl(address) }), 'full');
          assert.equal(card.actions?.length, 1);
          const lines = card.message.split('\n');
          const shown = lines.length - 1 - (notification.kind === 'summary' ? 1 : 0);
          assert.equal(lines.at(-1), `and ${total - shown} more`, `${index} ${name}`);
        }
      }
    }
  });
});

test('a card is sent without its buttons rather than not at all', () => {
  const options = optionsOf({
    buttons: { url: longUrl(2500), token: null, sign },
    webUi: longUrl(2000),
  });
  for (const notification of [...cardsOf('debian.iso'), ...listsOf('"'.repeat(100))]) {
    const isList = notification.kind === 'summary' || notification.kind === 'digest';
    const isStyled = !isList && notification.kind !== 'incident';
    const card = check(notification, options, 'full', isStyled ? style : undefined);
    const isOneLink = isList || notification.kind === 'completion';
    assert.equal(card.actions?.length, isOneLink ? 1 : undefined, notification.kind);
  }
});
