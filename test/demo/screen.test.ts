import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScreen } from '../../src/demo/screen.ts';
import type { Card } from '../../src/simulator/index.ts';

const HOSTILE = '\u001b]0;title\u0007\u009b2J\u202egpj\u200b http://me:planted@host/';

for (const isTTY of [false, true]) {
  test(`a foreign message on a real topic is shown as plain text, ${isTTY ? 'on a terminal' : 'in a pipe'}`, () => {
    const written: string[] = [];
    const out = { isTTY, rows: 40, write: (text: string) => written.push(text) > 0 };
    const event = {
      id: 'a',
      time: 1,
      event: 'message',
      topic: 't',
      title: HOSTILE,
      message: `first\n${HOSTILE}`,
    } as const;
    {
      using screen = createScreen(out as unknown as NodeJS.WriteStream);
      screen.show({ cards: [{ ...event, updates: 0 } as unknown as Card], sounds: [], event });
    }
    const own = /\u001b\[(?:[\dm]+|\?25[lh]|[HJK])/g; // oxlint-disable-line no-control-regex -- the screen's own
    const shown = written.join('').replaceAll(own, '');
    assert.match(shown, /first/);
    assert.doesNotMatch(shown, /(?!\n)[\p{Cc}\p{Cf}]|planted/u);
  });
}
