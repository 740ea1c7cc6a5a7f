import assert from 'node:assert/strict';
import { realTest, until } from '../servers/index.ts';
import { openTab, startScene, untilLink, untilText, violationsOf } from './scene.ts';

const MB = 1_000_000;

realTest(
  'the lines of the speeds appear on an open page, stay when their rows change, and are there without JavaScript',
  { needs: ['chromium'] },
  async () => {
    await using scene = await startScene();
    for (const rate of [2 * MB, 5 * MB])
      scene.qbittorrent.addTorrent({
        name: `${rate}.iso`,
        size: 1e11,
        script: [{ phase: 'downloading', to: 1, rate }],
      });
    const { page, complaints } = await openTab(scene.browser, scene.url, {
      viewport: { width: 390, height: 844 },
    });
    await untilLink(page, 'live');
    await untilText(page, '#torrents', /MB\/s/);
    const lines = page.getByRole('img', { name: /^Speed in the last 10 minutes: highest [\d.]+ MB\/s$/ });
    await until('both have a line', async () => (await lines.count()) === 2, { deadline: 60_000 });
    assert.ok(await page.getByRole('img', { name: /^Total speed in the last 10 minutes/ }).isVisible());
    assert.deepEqual(await page.locator('.torrent > .speeds').count(), 2);

    await page.evaluate(() => {
      for (const line of document.querySelectorAll('.torrent .speeds')) Object.assign(line, { isOld: true });
    });
    const before = await page.locator('#torrents .figures').allTextContents();
    await until('both rows have changed', async () => {
      const now = await page.locator('#torrents .figures').allTextContents();
      return now.every((text, index) => text !== before[index]);
    });
    const kept = () =>
      page.evaluate(() =>
        [...document.querySelectorAll('.torrent .speeds')].filter((line) => 'isOld' in line),
      );
    assert.equal((await kept()).length, 2);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await violationsOf(page), [], colorScheme);
    }
    const [width, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.equal(width, seen, 'wider than the screen');

    const plain = await openTab(scene.browser, scene.url, { javaScriptEnabled: false });
    assert.equal(await plain.page.locator('.torrent .speeds path').count(), 2);
    assert.equal(await plain.page.locator('#summary .speeds path').count(), 1);
    assert.deepEqual([...complaints, ...plain.complaints], []);
  },
);
