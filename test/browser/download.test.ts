import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { realTest, until } from '../servers/index.ts';
import { startScene } from '../e2e/harness.ts';
import { startChromium } from './chromium.ts';
import { openTab, untilLink, untilText } from './scene.ts';

/** Records each active state on the open chart, and each percent of the first torrent's bar. */
const spy = (page: Page) =>
  page.evaluate(() => {
    const seen = { states: [] as string[], percents: [] as number[], taken: [] as string[] };
    Object.assign(globalThis, { seen });
    new MutationObserver(() => {
      const lit = [...document.querySelectorAll<SVGElement>('#chart .active')].at(-1)?.dataset['state'];
      if (lit !== undefined && lit !== seen.states.at(-1)) seen.states.push(lit);
      const bar = document.querySelector('#torrents progress');
      if (bar instanceof HTMLProgressElement && bar.value !== seen.percents.at(-1))
        seen.percents.push(bar.value);
      for (const { dataset } of document.querySelectorAll<SVGElement>('#chart .taken'))
        if (dataset['key'] !== undefined && !seen.taken.includes(dataset['key']))
          seen.taken.push(dataset['key']);
    }).observe(document, { subtree: true, childList: true, attributes: true });
  });

interface Seen {
  states: string[];
  percents: number[];
  taken: string[];
}

const seenBy = (page: Page): Promise<Seen> =>
  page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);

/** Whether these occur in this order, with any others between them. */
function isInOrder(all: readonly string[], wanted: readonly string[]): boolean {
  const rest = [...wanted];
  for (const one of all) if (one === rest[0]) rest.shift();
  return rest.length === 0;
}

realTest(
  'the page shows a real download from start to end, and its chart highlights each state in turn',
  { needs: ['qbittorrent current', 'ntfy current', 'chromium'] },
  async () => {
    await using scene = await startScene({ qbittorrent: 'current', rate: 2_000_000 });
    await using chromium = await startChromium();
    const url = `http://localhost:${scene.sidecar.ops.port}/`;
    const { page, complaints } = await openTab(chromium.browser, url);
    await untilLink(page, 'live');
    assert.ok(await page.getByText('No active downloads').isVisible());

    const torrent = scene.seed.serve('debian.iso', 16_000_000);
    await scene.qbittorrent.addTorrent(torrent.file);
    await spy(page);
    await page.getByRole('link', { name: 'debian.iso' }).click();
    await untilText(page, '#chart-title', /debian\.iso/);
    assert.ok(await page.getByRole('img', { name: 'Statechart: torrent' }).isVisible());
    await untilText(page, '#finished', /debian\.iso.*Complete · 16\.0 MB in \d+s/);
    const { states, percents, taken } = await until('the chart rests at its end', async () => {
      const seen = await seenBy(page);
      return seen.states.at(-1) === 'complete' && seen;
    });

    const way = ['polling.downloading', 'notifying.progress.waiting', 'polling.downloading'];
    const end = ['notifying.completion', 'notifying.dismissal', 'complete'];
    assert.ok(isInOrder(states, [...way, ...end]), states.join(', '));
    assert.ok(taken.includes('notifying.dismissal#0'), taken.join(', '));
    assert.ok(percents.length >= 3, percents.join(', '));
    assert.deepEqual(
      percents,
      percents.toSorted((a, b) => a - b),
    );
    assert.match(await untilText(page, '#chart-now', /Stopped/), /Stopped\. Last state: complete/);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('#torrents li').count(), 0);
    await untilText(page, '#s-watcher', /Idle/);
    await untilText(page, '#s-outbox', /All delivered/);
    assert.deepEqual(complaints, []);
  },
);

realTest(
  'a torrent whose name is markup is shown as text in the list, on its chart and when it is finished',
  { needs: ['qbittorrent current', 'ntfy current', 'chromium'] },
  async () => {
    await using scene = await startScene({ qbittorrent: 'current', rate: 3_000_000 });
    await using chromium = await startChromium();
    const { page, complaints } = await openTab(
      chromium.browser,
      `http://localhost:${scene.sidecar.ops.port}/`,
    );
    const name = '<img src=x onerror=document.title=1>"><svg onload=document.title=1>';
    await scene.qbittorrent.addTorrent(scene.seed.serve(name, 6_000_000).file);
    await untilText(page, '#torrents .name', /onerror/);
    assert.equal(await page.locator('#torrents .name').textContent(), name);
    await page.locator('#torrents a').click();
    await untilText(page, '#chart-title', /onerror/);
    await untilText(page, '#finished .name', /onerror/);
    assert.equal(await page.locator('#finished .name').textContent(), name);
    assert.equal(await page.locator('img, [onerror], [onload], #board svg').count(), 0);
    assert.equal(await page.title(), 'qbit-ntfy-sidecar');
    assert.deepEqual(complaints, []);
  },
);
