import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { realTest, until } from '../servers/index.ts';
import { openTab, startScene, untilLink, untilText } from './scene.ts';

const COUNT = 1000;

/** How many rows the browser lays out and paints now: the others are boxes of an estimated height. */
const rendered = (page: Page) =>
  page.evaluate(
    () =>
      [...document.querySelectorAll('#torrents li')].filter((row) =>
        row.firstElementChild?.checkVisibility({ contentVisibilityAuto: true }),
      ).length,
  );

realTest(
  'a page with a thousand torrents has all rows at once, and the browser lays out only the visible ones',
  { needs: ['chromium'] },
  async () => {
    await using scene = await startScene();
    for (let n = 0; n < COUNT; n += 1) {
      scene.qbittorrent.addTorrent({
        name: `Season ${Math.floor(n / 10)} Episode ${n}`,
        size: 1e12,
        rate: 1e6,
      });
    }
    await until('all are tracked', async () => {
      const status = (await (await fetch(`${scene.url}status`)).json()) as {
        torrents: Array<{ name: string | null }>;
      };
      return status.torrents.filter(({ name }) => name !== null).length === COUNT;
    });
    const { page, complaints } = await openTab(scene.browser, scene.url, {
      viewport: { width: 1280, height: 900 },
    });
    await untilLink(page, 'live');
    await untilText(page, '#summary', /1,000 downloads/);
    assert.equal(await page.locator('#torrents li').count(), COUNT);

    const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
    assert.ok(nodes < COUNT * 10 + 300, `${nodes} elements`);
    const heights = new Set<number>();
    for (let step = 0; step <= 10; step += 1) {
      await page.evaluate((part) => scrollTo(0, document.body.scrollHeight * part), step / 10);
      // Two frames: one to scroll, one to lay out the rows that became visible.
      await page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
      );
      const count = await rendered(page);
      assert.ok(count > 0 || step === 10, `no row visible at ${step * 10} %`);
      assert.ok(count < 60, `${count} rows at ${step * 10} %`);
      heights.add(await page.evaluate(() => document.body.scrollHeight));
    }
    assert.ok(
      Math.max(...heights) - Math.min(...heights) < 100,
      'the scroll bar does not jump: the estimated height is right',
    );

    // A moving row is updated in place: a row that is read, selected or focused stays the same element.
    await page.evaluate(() => {
      for (const row of document.querySelectorAll('#torrents li')) Object.assign(row, { isOld: true });
    });
    const before = await page.locator('#torrents .percent').allTextContents();
    await until('rows have moved', async () => {
      const now = await page.locator('#torrents .figures').allTextContents();
      return now.filter((text, index) => text !== before[index]).length > COUNT / 2;
    });
    const old = await page.evaluate(
      () => [...document.querySelectorAll('#torrents li')].filter((row) => 'isOld' in row).length,
    );
    assert.equal(old, COUNT);

    await page.getByRole('searchbox', { name: 'Filter' }).fill('episode 77');
    await untilText(page, '#filter-count', /^11 of 1000$/);
    assert.equal(await page.locator('#torrents li:visible').count(), 11);
    await page.getByRole('searchbox', { name: 'Filter' }).fill('no such thing');
    assert.ok(await page.getByText('No name or state matches').isVisible());
    assert.deepEqual(complaints, []);
  },
);
