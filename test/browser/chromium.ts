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

interface Launched {
  browser: Browser;
  close: () => Promise<void>;
}

/** The browser that this process has. */
interface Shared {
  launched: Promise<Launched>;
  users: number;
  closing?: NodeJS.Timeout;
}

/** Milliseconds: less than the watchdog waits, and longer than the time between two tests: to start a browser uses seconds of CPU time. */
const CLOSE_DELAY = 5000;
let shared: Shared | undefined;

/** Starts a browser, or uses the one that this process has. It is closed a moment after its last user is gone. */
export async function startChromium(): Promise<TestBrowser> {
  shared ??= share();
  const own = shared;
  clearTimeout(own.closing);
  own.users += 1;
  const { browser, close } = await own.launched;
  return {
    browser,
    async [Symbol.asyncDispose]() {
      own.users -= 1;
      if (own.users > 0) return;
      for (const context of browser.contexts()) await context.close();
      // Another test may have begun meanwhile.
      if (own.users > 0) return;
      own.closing = setTimeout(() => {
        forget(own);
        void close();
      }, CLOSE_DELAY);
    },
  };
}

/** One that cannot be started, or crashes, does not fail the tests that follow. */
function share(): Shared {
  const started: Shared = { launched: launch(), users: 0 };
  started.launched.then(
    ({ browser }) => browser.on('disconnected', () => forget(started)),
    () => forget(started),
  );
  return started;
}

function forget(ended: Shared): void {
  if (shared === ended) shared = undefined;
}

async function launch(): Promise<Launched> {
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
