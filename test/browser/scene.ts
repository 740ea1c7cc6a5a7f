/** A sidecar between embedded servers, and a browser with its page. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Policy } from '../../machines/policy.ts';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Sidecar } from '../../src/app/start.ts';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';
import type { NtfySimulator, QbittorrentSimulator } from '../../src/simulator/index.ts';
import { startSidecar } from '../support/sidecar.ts';
import { until } from '../servers/wait.ts';
import { startChromium } from './chromium.ts';

export interface Embedded extends AsyncDisposable {
  qbittorrent: QbittorrentSimulator;
  ntfy: NtfySimulator;
  /** The sidecar's environment, without its ports. */
  env: Record<string, string>;
  /** The port that qBittorrent's hook calls; 0: none. */
  hookPort: number;
}

/** Starts both servers; the hook calls `hookPort`. */
export async function startEmbedded(): Promise<Embedded> {
  await using stack = new AsyncDisposableStack();
  const hook = async (hash: string) => {
    if (embedded.hookPort === 0) return;
    await fetch(`http://localhost:${embedded.hookPort}/track?hash=${hash}`, { method: 'POST' });
  };
  const qbittorrent = stack.use(await startQbittorrentSimulator({ hook }));
  const ntfy = stack.use(await startNtfySimulator());
  const { url: QBIT_HOST, username: QBIT_USER, password: QBIT_PASS } = qbittorrent;
  const env = { QBIT_HOST, QBIT_USER, QBIT_PASS, NTFY_TOPIC: `${ntfy.url}/downloads`, TZ: 'UTC' };
  const owned = stack.move();
  const embedded = {
    qbittorrent,
    ntfy,
    env,
    hookPort: 0,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
  return embedded;
}

export interface Scene extends Embedded {
  sidecar: Sidecar;
  browser: Browser;
  url: string;
}

/**
 * Starts everything in this process.
 *
 * @param policy intervals that no setting makes as short
 */
export async function startScene(
  env: Record<string, string> = {},
  policy: Partial<Policy> = {},
): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const { browser } = stack.use(await startChromium());
  const embedded = stack.use(await startEmbedded());
  const sidecar = await startSidecar({ ...embedded.env, ...env }, [], policy);
  stack.defer(() => sidecar.stop());
  embedded.hookPort = sidecar.hook.port;
  const owned = stack.move();
  const url = `http://localhost:${sidecar.ops.port}/`;
  return { ...embedded, sidecar, browser, url, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** A tab that records its errors. */
export interface Tab {
  page: Page;
  /** Errors, violations of the content security policy, and requests to any other address. */
  complaints: string[];
}

export async function openTab(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Tab> {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  const { origin } = new URL(url);
  page.on('pageerror', (error) => complaints.push(String(error.stack)));
  page.on('console', (message) => {
    // Failed requests while the sidecar is down are no fault of the page.
    if (message.type() === 'error' && !/ERR_|status of 40/.test(message.text()))
      complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) complaints.push(`requested ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}

/** Waits until the page shows this state of its stream. */
export const untilLink = (page: Page, link: string): Promise<unknown> =>
  page.waitForSelector(`html[data-link=${link}]`, { state: 'attached' });

/** The text of an element. */
export const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).first().textContent()) ?? '';

/** Waits until the text of an element matches. */
export const untilText = (page: Page, selector: string, text: RegExp): Promise<string> =>
  until(`${selector} contains ${text}`, async () => {
    const found = await textOf(page, selector);
    return text.test(found) && found;
  });

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The problems that axe finds on the page, as text. */
export async function violationsOf(page: Page): Promise<string[]> {
  // An element that fades in has its final colours only at the end. An update that replaces it cancels its animation.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run: () => Promise<Found> } };
    return (await axe.run()).violations;
  });
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${failureSummary} ${html}`),
  );
}

interface Found {
  violations: Array<{ id: string; nodes: Array<{ html: string; failureSummary: string }> }>;
}
