/** Cards as a rule changes them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Notification } from '../../machines/domain.ts';
import { renderCard } from '../../src/ntfy/card.ts';
import type { Published } from '../../src/ntfy/card.ts';
import type { NotificationStyle } from '../../src/ntfy/style.ts';
import { startNtfySimulator } from '../../src/simulator/index.ts';
import { completionOf, hostileNames, key, progressOf } from './cards.ts';
import { clientOf, topic } from './clients.ts';

const options = { topic, instance: 'qbit', timeZone: 'UTC' };
const alert = {
  kind: 'alert',
  key,
  name: 'debian.iso',
  percent: 42,
  alert: 'stalled',
} satisfies Notification;
const incident: Published = {
  kind: 'incident',
  key: 'qbittorrent',
  failure: { kind: 'broken', message: 'it answered 500' },
};

const style: NotificationStyle = {
  rule: 'films',
  priority: 5,
  tags: ['popcorn'],
  title: '{{name}} [{{rule}}]',
  message: '{{size}} in {{duration}}\nRatio {{ratio}}',
  click: 'https://jellyfin.example/?q={{name}}',
  icon: 'https://pictures.example/{{hash}}.png',
};

describe('a rule', () => {
  test('sets tags, title, message, click, icon and priority of a card, whose sequence ID stays', () => {
    assert.deepEqual(renderCard(completionOf({ ratio: 2 }), options, 'full', style), {
      topic,
      sequence_id: `qbit-${key}-done`,
      title: 'debian.iso [films]',
      message: '704 MB in 9m 2s\nRatio 2.0',
      priority: 5,
      tags: ['popcorn'],
      click: 'https://jellyfin.example/?q=debian.iso',
      icon: `https://pictures.example/${key}.png`,
    });
  });

  test('that sets nothing changes nothing, not even the bytes', () => {
    for (const notification of [progressOf(), completionOf(), alert]) {
      const [without, empty] = [
        renderCard(notification, options),
        renderCard(notification, options, 'full', {}),
      ];
      assert.equal(JSON.stringify(empty), JSON.stringify(without));
      assert.deepEqual(Object.keys(empty), ['topic', 'sequence_id', 'title', 'message', 'priority', 'tags']);
    }
  });

  test('that sets one thing leaves the others', () => {
    const without = renderCard(progressOf(), options);
    assert.deepEqual(renderCard(progressOf(), options, 'full', { priority: 1 }), { ...without, priority: 1 });
    assert.deepEqual(renderCard(progressOf(), options, 'full', { tags: [] }), { ...without, tags: [] });
    const title = renderCard(progressOf(), options, 'full', { title: '{{percent}} %' });
    assert.deepEqual(title, { ...without, title: '42 %' });
  });

  test('cannot make audible what is silent: a repeated alert, or data that already existed', () => {
    const loud = { priority: 5 };
    const priorities = [
      renderCard({ ...alert, silent: true }, options, 'full', loud),
      renderCard(completionOf({ downloaded: 0 }), options, 'full', loud),
      renderCard(completionOf({ downloaded: 0 }), options, 'full', { priority: 1 }),
      renderCard(alert, options, 'full', loud),
    ].map(({ priority }) => priority);
    assert.deepEqual(priorities, [2, 2, 1, 5]);
  });

  test('can also be named by the notification, with its priority', () => {
    const ruled = { ...progressOf(), rule: 'by hand', priority: 1 };
    const { title, priority } = renderCard(ruled, options, 'full', { title: '{{rule}}' });
    assert.deepEqual([title, priority], ['by hand', 1]);
    assert.equal(renderCard({ ...alert, silent: true, priority: 5 }, options).priority, 2);
    assert.equal(renderCard({ ...completionOf(), priority: 3 }, options, 'fixed').priority, 3);
  });

  test('does not change incidents', () => {
    assert.deepEqual(renderCard(incident, options, 'full', style), renderCard(incident, options));
  });

  test('whose text has nothing visible, or whose URL is invalid, has the usual text and no URL', () => {
    const invalid = {
      title: '{{tracker}}',
      message: ' \n ',
      click: 'javascript:alert(1)',
      icon: 'https://{{name}}',
    };
    assert.deepEqual(
      renderCard(completionOf(), options, 'full', invalid),
      renderCard(completionOf(), options),
    );
  });

  test('gives an alert the time at which it is sent', async () => {
    await using ntfy = await startNtfySimulator();
    const message = '{{time}}';
    await clientOf(ntfy).publish(alert, { style: { message } });
    assert.match(ntfy.messages[0]?.message ?? '', /^\d\d:\d\d$/);
  });
});

describe('the simpler forms of a card with a style', () => {
  test('plain: the text of the rule as short ASCII, without tags and URLs', () => {
    const name = `日本 "a" ${'b'.repeat(300)}`;
    const card = renderCard(completionOf({ name }), options, 'plain', { ...style, message: '{{name}}' });
    assert.match(card.title, /^"a" b+$/);
    assert.deepEqual([card.title.length, card.message.length, card.priority, card.tags], [60, 200, 5, []]);
    assert.deepEqual(Object.keys(card), ['topic', 'sequence_id', 'title', 'message', 'priority', 'tags']);
  });

  test('fixed: nothing of the torrent and nothing of the rule but its priority', () => {
    const poison = 'POISON';
    const styled = {
      rule: poison,
      tags: [poison],
      title: poison,
      message: '{{name}}',
      click: `https://${poison}.example`,
    };
    const notifications: Published[] = [
      progressOf({ name: poison }),
      completionOf({ name: poison }),
      { ...alert, name: poison },
      { kind: 'added', key, torrent: progressOf({ name: poison }).torrent, at: 0 },
      { kind: 'removed', key, name: poison, percent: 43, at: 0 },
    ];
    for (const notification of notifications) {
      const card = renderCard(notification, options, 'fixed', { ...styled, priority: 3 });
      assert.doesNotMatch(JSON.stringify(card), /poison/i);
      assert.deepEqual([card.priority, card.tags], [3, []]);
      assert.match(`${card.title}\n${card.message}`, /^[\x20-\x7e\n]+$/);
    }
  });
});

test('with 500 hostile names and all fields, ntfy rejects no styled card', () => {
  const longest = { topic: 'd'.repeat(64), instance: 'a-very_long-name18', timeZone: 'UTC' };
  const hostile = {
    ...style,
    message: '{{name}}\n{{name}}\n{{name}}',
    tags: Array.from({ length: 10 }, () => 'arrow_down'),
  };
  for (const [index, name] of hostileNames(500, 12).entries()) {
    for (const notification of [progressOf({ name }), completionOf({ name }), { ...alert, name }]) {
      const card = renderCard(notification, longest, 'full', hostile);
      const where = `name ${index} of a ${notification.kind}`;
      assert.ok(Buffer.byteLength(JSON.stringify(card)) < 8192, where);
      assert.ok(Buffer.byteLength(card.message) < 4096, where);
      assert.equal(card.message.split('\n').length, 3, where);
      assert.ok(URL.parse(card.click ?? '')?.host === 'jellyfin.example', where);
    }
  }
});
