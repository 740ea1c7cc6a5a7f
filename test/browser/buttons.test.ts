import assert from 'node:assert/strict';
import { realTest, until } from '../servers/index.ts';
import { COMMAND_TOPIC, hasButton, pressButton } from '../support/button-scene.ts';
import { openTab, startScene, textOf, untilLink, untilText, violationsOf } from './scene.ts';

const MB = 1_000_000;
const wide = { viewport: { width: 1280, height: 900 } };

realTest(
  'the page shows a press at once, without scripts after a reload, and has nothing to press itself',
  { needs: ['chromium'] },
  async () => {
    await using scene = await startScene({ COMMAND_TOPIC });
    const { page, complaints } = await openTab(scene.browser, scene.url, wide);
    await untilLink(page, 'live');
    assert.match(await textOf(page, '#s-remote'), /ButtonsIdleno card has buttons/);
    const name = '"quoted" <b>עברית</b>.iso';
    scene.qbittorrent.addTorrent({ name, size: 1e6 * MB, rate: 5000 * MB });
    scene.qbittorrent.addTorrent({ name: 'other.iso', size: 1e6 * MB, rate: 5000 * MB });
    await untilText(page, '#s-remote', /Readyfor 2 downloads/);
    await until('its card has buttons', () => hasButton(scene.ntfy, /quoted/, 'Mute'));
    await pressButton(scene.ntfy, /quoted/, 'Mute');
    await untilText(page, '#s-remote', /last press: Muted \("quoted" <b>עברית<\/b>\.iso, \d\d:\d\d\)/);
    const muted = page.locator('#torrents li', { hasText: 'Muted at' });
    await muted.waitFor();
    assert.match((await muted.textContent()) ?? '', /quoted.*On the phone: Muted at \d+%/);
    assert.equal(await muted.count(), 1);
    await pressButton(scene.ntfy, /other/, 'Pause');
    await untilText(page, '#s-remote', /last press: Paused \(other\.iso, /);
    await untilText(page, '#torrents li:not(:has-text("Muted"))', /Stopped/);
    await pressButton(scene.ntfy, /other/, 'Delete');
    await untilText(page, '#s-remote', /last press: Asked before deleting \(other\.iso, /);
    await until('the card asks', () => hasButton(scene.ntfy, /other/, 'Keep'));
    await pressButton(scene.ntfy, /other/, 'Delete');
    await untilText(page, '#finished', /other\.iso/);
    await untilText(page, '#s-remote', /last press: Deleted, its files are kept \(other\.iso, /);
    await page.getByRole('link', { name: 'Buttons' }).click();
    await untilText(page, '#chart-now', /support › known · stream › connected › listening · commands › idle/);
    assert.deepEqual(complaints, []);

    const { page: plain } = await openTab(scene.browser, scene.url, { ...wide, javaScriptEnabled: false });
    assert.match(await textOf(plain, '#s-remote'), /Ready.*last press: Deleted, its files are kept/);
    assert.match(await textOf(plain, '#torrents'), /Muted at \d+%/);
    assert.equal(await plain.locator('form[method=post], input[type=submit]').count(), 0);
    assert.equal(await plain.locator('#board :not(.search) > button').count(), 0, 'the search only reads');
    assert.doesNotMatch(await plain.content(), /planted|\bv1\.\w/);
  },
);

realTest(
  'the page is accessible with buttons: after a press, and while presses do not arrive',
  { needs: ['chromium'] },
  async () => {
    await using scene = await startScene({ COMMAND_TOPIC });
    const { page } = await openTab(scene.browser, scene.url, wide);
    await untilLink(page, 'live');
    const check = async () => {
      for (const colorScheme of ['light', 'dark'] as const)
        for (const width of [1280, 360]) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 800 });
          assert.deepEqual(await violationsOf(page), [], `${colorScheme} ${width}`);
          const [whole, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
          assert.equal(whole, seen, `${colorScheme} ${width}: wider than the screen`);
        }
    };
    const name = `long ${'name'.repeat(30)}`;
    scene.qbittorrent.addTorrent({ name, size: 1e6 * MB, rate: 5000 * MB });
    await until('its card has buttons', () => hasButton(scene.ntfy, /long/, 'Mute'));
    await untilText(page, '#s-remote', /Ready/);
    await pressButton(scene.ntfy, /long/, 'Mute');
    await untilText(page, '#s-remote', /last press: Muted/);
    await untilText(page, '#torrents', /Muted at/);
    await check();
    assert.ok(await page.locator('#s-remote time').isVisible(), 'the last press, on a narrow screen, too');
    await scene.ntfy.goOffline();
    await untilText(page, '#s-remote', /Presses do not arrive/);
    await check();
  },
);
