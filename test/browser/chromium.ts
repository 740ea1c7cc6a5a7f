/** A real browser, controlled by a test. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { chromiumProgram, fontsConfig } from '../debian/chromium.ts';
import { removeFolder, temporaryFolder } from '../servers/processes.ts';

export { installChromium } from '../debian/chromium.ts';

/** A browser that is in use; its pages are closed when the scope ends. */
export interface TestBrowser extends AsyncDisposable {
  browser: Browser;
}

interface Running {
  browser: Browser;
  close: () => Promise<void>;
}

/** Milliseconds: less than the watchdog waits, and longer than the time between two tests: to start a browser uses seconds of CPU time. */
const CLOSE_DELAY = 5000;
let running: Promise<Running> | undefined;
let users = 0;
let closing: NodeJS.Timeout | undefined;

/** Starts a browser, or uses the one that this process has. It is closed a moment after its last user is gone. */
export async function startChromium(): Promise<TestBrowser> {
  clearTimeout(closing);
  users += 1;
  running ??= launch();
  const { browser, close } = await running;
  return {
    browser,
    async [Symbol.asyncDispose]() {
      users -= 1;
      if (users > 0) return;
      for (const context of browser.contexts()) await context.close();
      closing = setTimeout(() => {
        running = undefined;
        void close();
      }, CLOSE_DELAY);
    },
  };
}

async function launch(): Promise<Running> {
  const { root, executablePath, libraries } = await chromiumProgram();
  const home = temporaryFolder('chromium');
  const fonts = join(home, 'fonts.conf');
  writeFileSync(fonts, fontsConfig(root, home));
  const browser = await chromium.launch({
    executablePath,
    // Its sandbox needs rights that a container does not give; it opens only our own page.
    args: ['--no-sandbox', '--disable-crash-reporter', '--disable-gpu'],
    env: { HOME: home, TZ: 'UTC', LD_LIBRARY_PATH: libraries, FONTCONFIG_FILE: fonts },
  });
  return {
    browser,
    async close() {
      await browser.close();
      await removeFolder(home);
    },
  };
}
