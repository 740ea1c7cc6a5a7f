/** The phone on the page, in a browser. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { DEMO_POLICY, runScenario } from '../../src/demo/scenario.ts';
import { realTest, until } from '../servers/index.ts';
import { COMMAND_TOPIC, hasButton } from '../support/button-scene.ts';
import { openTab, startScene, textOf, untilLink, untilText, violationsOf } from './scene.ts';

const MB = 1_000_000;
const wide = { viewport: { width: 1160, height: 720 } };

const titles = (page: Page) => page.locator('.card .title').allTextContents();
const boxOf = async (page: Page, selector: string) =>
  (await page.locator(selector).first().boundingBox()) ?? assert.fail(`${selector} is not visible`);

realTest(
  'the demo: a season of twelve episodes becomes one card, and the page shows what the phone shows',
  { needs: ['chromium'] },
  async () => {
    await using scene = await startScene({ DIGEST_FROM: '4', SUMMARY_FROM: '8' }, DEMO_POLICY);
    const { page, complaints } = await openTab(scene.browser, scene.url, wide);
    await untilLink(page, 'live');
    assert.match(await textOf(page, '#cards'), /No notifications since the sidecar started/);
    const seen: string[][] = [];
    const watching = new AbortController();
    const watch = (async () => {
      while (!watching.signal.aborted) {
        seen.push(await titles(page));
        await page.waitForTimeout(250);
      }
    })();
    const { qbittorrent: simulator, sidecar, ntfy } = scene;
    await runScenario({ simulator, sidecar }, new AbortController().signal);
    const last = await untilText(page, '#cards', /12 downloads complete/);
    watching.abort();
    await watch;

    const summaries = seen.filter((all) => all.some((title) => /1\d downloads: \d+%/.test(title)));
    assert.ok(summaries.length > 0, 'one card shows all of them while they download');
    assert.equal(last.match(/S01E\d\d\.mkv \(500 MB\)/g)?.length, 12);
    const cards = () => ntfy.cards('downloads').map(({ title, message }) => `${title}${message}`);
    const shown = () =>
      page.locator('.card').evaluateAll((cards) =>
        cards.map((card) => {
          const text = (part: string) => card.querySelector(part)?.textContent ?? '';
          return `${text('.title').replace(/^.*\u00A0/u, '')}${text('.message')}`;
        }),
      );
    await until('page and phone are equal', async () => {
      const [one, other] = [cards().toSorted(), (await shown()).toSorted()];
      return one.join('\0') === other.join('\0');
    });
    assert.match(await textOf(page, '#preview-counts'), new RegExp(`^${ntfy.sounds.length} sounds`));
    assert.equal(await page.locator('.card[data-sound=once]').count(), cards().length);
    assert.match((await titles(page))[0] ?? '', /^✅\u00A012 downloads complete$/u);
    assert.deepEqual(complaints, []);
  },
);

realTest(
  'the phone is right of the downloads, on a narrow screen below them behind a link, and accessible',
  { needs: ['chromium'] },
  async () => {
    await using scene = await startScene({ COMMAND_TOPIC, WEBUI_URL: 'http://localhost:1/' });
    const { page, complaints } = await openTab(scene.browser, scene.url, wide);
    await untilLink(page, 'live');
    assert.deepEqual(await violationsOf(page), [], 'without cards');
    scene.qbittorrent.addTorrent({ name: 'done.iso', size: MB, rate: MB });
    scene.qbittorrent.addTorrent({ name: `עברית ${'long'.repeat(60)}`, size: 1e6 * MB, rate: 5000 * MB });
    await until('its card has buttons', () => hasButton(scene.ntfy, /עברית/u, 'Mute'));
    await untilText(page, '#cards', /עברית.*Pause Mute Delete/su);
    await untilText(page, '#cards', /Download Complete/);
    const [downloads, phone] = [await boxOf(page, '#torrents'), await boxOf(page, '.device')];
    assert.ok(phone.x > downloads.x + downloads.width, 'right of the downloads');
    assert.ok(phone.y + phone.height < 720, 'on the first screen');
    assert.ok(downloads.y + downloads.height < 720, 'as are the downloads');

    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [1280, 390]) {
        await page.emulateMedia({ colorScheme, reducedMotion: width === 390 ? 'reduce' : 'no-preference' });
        await page.setViewportSize({ width, height: 780 });
        assert.deepEqual(await violationsOf(page), [], `${colorScheme} ${width}`);
        const [whole, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.equal(whole, screen, `${colorScheme} ${width}: wider than the screen`);
      }
    const [above, below] = [await boxOf(page, '#torrents'), await boxOf(page, '.device')];
    assert.ok(below.y > above.y + above.height, 'below the downloads');
    await page.setViewportSize({ width: 390, height: 400 });
    await page.getByRole('link', { name: 'On the phone' }).click();
    assert.ok((await boxOf(page, '#preview-title')).y < 60, 'the link scrolls to it');
    const durations = await page
      .locator('.card')
      .first()
      .evaluate((card) => getComputedStyle(card).transition);
    assert.match(durations, /^none/, 'reduced motion');
    assert.deepEqual(complaints, []);
  },
);

realTest(
  'the phone has only what ntfy accepted, has nothing to press, and contains no secret, also without scripts',
  { needs: ['chromium'] },
  async () => {
    await using scene = await startScene({ COMMAND_TOPIC, COMMAND_TOKEN: 'tk_planted' });
    const { page, complaints } = await openTab(scene.browser, scene.url, wide);
    await untilLink(page, 'live');
    const name = '<img src=x onerror=alert(1)> "quoted"';
    scene.qbittorrent.addTorrent({ name, size: 1e6 * MB, rate: 5000 * MB });
    await until('its card has buttons', () => hasButton(scene.ntfy, /quoted/, 'Mute'));
    await untilText(page, '#cards', /onerror.*Mute/s);
    const { page: plain } = await openTab(scene.browser, scene.url, { ...wide, javaScriptEnabled: false });
    for (const tab of [page, plain]) {
      assert.match(await textOf(tab, '.card .title'), /<img src=x onerror=alert\(1\)> "quoted"$/);
      assert.equal(await tab.locator('.preview').locator('a, button, input, form, img').count(), 0);
      assert.doesNotMatch(await tab.content(), /planted|\bv1\.\w|\/downloads\b/);
    }
    await scene.ntfy.goOffline();
    scene.qbittorrent.addTorrent({ name: 'during the outage.iso', size: MB, rate: MB });
    await untilText(page, '#torrents', /during the outage\.iso.*notifying the phone/);
    assert.doesNotMatch(await textOf(page, '#cards'), /outage|Complete/);
    await scene.ntfy.goOnline();
    await untilText(page, '#cards', /Download Complete.*during the outage/s);
    for (const { hash } of scene.qbittorrent.torrents()) scene.qbittorrent.removeTorrent(String(hash));
    await until('only the completion is left', async () => (await titles(page)).length === 1);
    assert.deepEqual(complaints, []);
  },
);
