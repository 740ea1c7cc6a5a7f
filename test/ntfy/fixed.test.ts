/** The message of a completion, as it is stored. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FixedMessage } from '../../machines/domain.ts';
import { cardOf, renderCard } from '../../src/ntfy/card.ts';
import { fixMessage } from '../../src/ntfy/message.ts';
import { fixedMessageSchema } from '../../src/store/fixed-message.ts';
import { completionOf, key } from './cards.ts';

const options = { topic: 'downloads', instance: 'qbit', timeZone: 'UTC' };
const style = { rule: 'films', priority: 5, title: '{{name}}', click: 'https://x.example/{{hash}}' };

describe('a completion that was fixed', () => {
  test('is sent as it would have been sent then', () => {
    for (const over of [undefined, style]) {
      const fixed = fixMessage(completionOf(), over, options);
      const card = renderCard(completionOf(), options, 'full', over);
      assert.deepEqual(renderCard({ ...completionOf(), fixed }, options), card);
      assert.deepEqual(cardOf(fixed, { topic: 'downloads', sequence: `qbit-${key}-done` }), card);
    }
  });

  test('is not changed by another rule, another name, another locale or other units', () => {
    const fixed = fixMessage(completionOf(), style, options);
    const later = { ...completionOf({ name: 'renamed', size: 1 }), fixed };
    const others = { ...options, locale: 'de', units: 'binary' } as const;
    const card = renderCard(later, others, 'full', { priority: 1, title: 'other', tags: ['other'] });
    assert.deepEqual(card, renderCard(completionOf(), options, 'full', style));
  });

  test('keeps its priority in each form, and is simplified from its text', () => {
    const fixed = { ...fixMessage(completionOf({ name: '日 debian' }), style, options) };
    const [plain, last] = (['plain', 'fixed'] as const).map((form) =>
      renderCard({ ...completionOf(), fixed }, options, form),
    );
    assert.deepEqual([plain?.title, plain?.priority, plain?.click], ['debian', 5, undefined]);
    assert.deepEqual([last?.title, last?.priority, last?.click], ['Download Complete', 5, undefined]);
  });

  test('is sent without a name if our own code cannot render it', () => {
    const bug = new Error('a bug');
    const torrent = Object.defineProperty(completionOf().torrent, 'name', {
      get: () => {
        throw bug;
      },
    });
    const bugs: unknown[] = [];
    const fixed = fixMessage({ ...completionOf(), torrent }, style, options, (error) => bugs.push(error));
    assert.deepEqual(bugs, [bug]);
    assert.deepEqual([fixed.message, fixed.priority], ['A download is complete: see the page.', 5]);
  });
});

describe('the stored message of a completion', () => {
  const fixed: FixedMessage = fixMessage(
    completionOf(),
    { ...style, icon: 'http://x.example/a.png' },
    options,
  );

  test('is read back as it was written, with and without URLs, and with fields of a newer version', () => {
    for (const message of [fixed, fixMessage(completionOf(), undefined, options), { ...fixed, newer: 1 }])
      assert.deepEqual(fixedMessageSchema.parse(JSON.parse(JSON.stringify(message))), message);
  });

  test('is not used where a part of it is invalid', () => {
    const { title, ...untitled } = fixed;
    for (const message of [
      null,
      untitled,
      { ...fixed, title: '' },
      { ...fixed, message: 1 },
      { ...fixed, tags: 'popcorn' },
      { ...fixed, priority: 0 },
      { ...fixed, priority: 6 },
      { ...fixed, priority: 2.5 },
      { ...fixed, click: 'javascript:alert(1)' },
      { ...fixed, icon: null },
    ])
      assert.equal(fixedMessageSchema.safeParse(message).success, false, JSON.stringify(message));
    assert.ok(title.length > 0);
  });
});
