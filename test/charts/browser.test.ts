import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { chartCss, charts } from '../../src/charts/index.ts';
import { installChromium, startChromium } from '../browser/chromium.ts';

const chromium = await installChromium();
const skip = chromium.ok || process.env['CI'] === 'true' ? false : chromium.reason;

/** The part of the DOM that the tests need; the project's own code does not use it. */
interface Shape {
  textContent: string;
  classList: { contains: (name: string) => boolean; add: (name: string) => void };
  getBBox: () => { x: number; y: number; width: number; height: number };
  closest: (selector: string) => Shape;
  querySelector: (selector: string) => Shape;
}

interface Dom {
  document: {
    querySelectorAll: (selector: string) => Iterable<Shape>;
    querySelector: (selector: string) => Shape;
  };
  getComputedStyle: (shape: Shape) => Record<string, string>;
}

describe('the charts in a browser', { skip }, () => {
  const stack = new AsyncDisposableStack();
  let page: Page;

  before(async () => {
    const { browser } = stack.use(await startChromium());
    page = await browser.newPage();
  });
  beforeEach(() => page.setContent(`<style>${chartCss}</style>${Object.values(charts).join('')}`));
  after(() => stack.disposeAsync());

  test('hold every text in its box', async () => {
    const { measured, spilt } = await page.evaluate(() => {
      const { document } = globalThis as unknown as Dom;
      const texts = [...document.querySelectorAll('.state>text, .machine>text, .transition>text')];
      const spilt = texts.filter((text) => {
        const label = text.classList.contains('label');
        const frame = text
          .closest(label ? '.transition' : '.state, .machine')
          .querySelector(':scope>rect')
          .getBBox();
        const box = text.getBBox();
        return (
          box.x < frame.x ||
          box.y < frame.y ||
          box.x + box.width > frame.x + frame.width ||
          box.y + box.height > frame.y + frame.height
        );
      });
      return { measured: texts.length, spilt: spilt.map(({ textContent }) => textContent) };
    });
    assert.ok(measured > 200);
    assert.deepEqual(spilt, []);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`highlight a state and an arrow visibly, in ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme });
      const style = () =>
        page.evaluate(() => {
          const { document, getComputedStyle } = globalThis as unknown as Dom;
          const of = (selector: string) => getComputedStyle(document.querySelector(selector));
          const box = of('[data-state="polling.downloading"]>rect');
          const line = of('[data-key="login#0"]>.line');
          const { background } = of('.chart');
          return [
            box['fill'],
            box['stroke'],
            box['strokeWidth'],
            line['stroke'],
            line['strokeWidth'],
            background,
          ];
        });
      const before = await style();
      await page.evaluate(() => {
        const { document } = globalThis as unknown as Dom;
        document.querySelector('[data-state="polling.downloading"]').classList.add('active');
        document.querySelector('[data-key="login#0"]').classList.add('taken');
      });
      const after = await style();
      for (const index of [0, 1, 2, 3, 4]) assert.notEqual(after[index], before[index]);
      assert.match(before[5] ?? '', colorScheme === 'light' ? /rgb\(255, 255, 255\)/ : /rgb\(13, 17, 23\)/);
    });
  }
});
