/** Takes the screenshots in the documents: `npx node test/browser/shots.ts`. Check them afterwards. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { removeFolder, temporaryFolder } from '../servers/processes.ts';
import { sleep, until } from '../servers/wait.ts';
import { openTab, startScene, untilLink, untilText } from './scene.ts';
import type { Scene } from './scene.ts';

const MB = 1_000_000;
const images = join(import.meta.dirname, '..', '..', 'docs', 'images');

const downloading = (to: number) => ({ phase: 'downloading', to, rate: 4000 * MB }) as const;
const on = (rate: number) => ({ phase: 'downloading', to: 1, rate: rate * MB }) as const;

/** Seconds for which a speed of `wave` lasts. */
const PERIOD = 30;
/** Milliseconds: the lines of the speeds show ten minutes. */
const LINES = 10 * 60_000;

/** A download whose speed changes: `size` and `mean` in MB. */
function wave(size: number, from: number, mean: number) {
  const steps = [downloading(from)] as { phase: 'downloading'; to: number; rate: number }[];
  let to = from;
  for (let n = 0; n * PERIOD < 1.5 * (LINES / 1000); n += 1) {
    const rate = mean * (1 + 0.4 * Math.sin(n / 4 + 20 * from) + 0.1 * Math.sin(2.3 * n));
    to = Math.min(1, to + (rate * PERIOD) / size);
    steps.push({ phase: 'downloading', to, rate: rate * MB });
  }
  return steps;
}

const state = temporaryFolder('shots');
await using scene = await startScene({ STATE_DIR: state });
mkdirSync(images, { recursive: true });
await fill(scene);
const wide = { viewport: { width: 1160, height: 740 } };
const narrow = { viewport: { width: 390, height: 844 } };
for (const colorScheme of ['light', 'dark'] as const) {
  await shoot(`page-${colorScheme}`, { ...wide, colorScheme }, () => Promise.resolve());
  await shoot(`phone-${colorScheme}`, { ...narrow, colorScheme }, (page) =>
    page.getByRole('link', { name: 'On the phone' }).click(),
  );
}
await shoot('chart-light', { ...wide, colorScheme: 'light' }, openChart);
await shoot('chart-dark', { ...wide, colorScheme: 'dark' }, openChart);
await removeFolder(state);

/** Downloads, each in another state. */
async function fill({ qbittorrent, ntfy }: Scene): Promise<void> {
  const add = (
    name: string,
    size: number,
    script: Parameters<typeof qbittorrent.play>[1],
    extras: Parameters<typeof qbittorrent.addTorrent>[0] = {},
  ) =>
    qbittorrent.addTorrent({ name, size: size * MB, script: [...script, { phase: 'complete' }], ...extras });
  add('Cosmos Laundromat (2015) trailer', 42, [on(8)]);
  await until('it is announced', () => ntfy.sounds.length === 1);
  add('debian-13.2.0-amd64-netinst.iso', 790, wave(790, 0.4, 0.3));
  add('Big Buck Bunny (2008) 4K', 5300, wave(5300, 0.1, 5), {
    category: 'films/4k',
    tags: ['notify', 'open movie'],
    tracker: 'https://tracker.example/announce',
    savePath: '/downloads/films',
  });
  add('Tears of Steel (2012) 2160p', 6700, wave(6700, 0.05, 3));
  add('Sintel 🐉 "director\'s cut"', 4300, [{ phase: 'queued', seconds: 9999 }]);
  add('A magnet without a name', 900, [{ phase: 'metadata', seconds: 9999 }]);
  add('Elephants Dream.mkv', 2100, [downloading(0.45), { phase: 'failed', seconds: 9999 }]);
  await sleep(LINES);
}

async function shoot(name: string, view: BrowserContextOptions, prepare: (page: Page) => Promise<unknown>) {
  const { page } = await openTab(scene.browser, scene.url, view);
  await untilLink(page, 'live');
  await prepare(page);
  await page.screenshot({ path: join(images, `${name}.png`) });
  await page.close();
}

async function openChart(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Big Buck Bunny' }).click();
  await untilText(page, '#chart-now', /polling › downloading/);
  await sleep(6000);
  await untilText(page, '#chart-now', /polling › downloading/);
}
