/** A real browser, controlled by a test. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { chromiumProgram, fontsConfig } from '../debian/chromium.ts';
import { removeFolder, temporaryFolder } from '../servers/processes.ts';

export { installChromium } from '../debian/chromium.ts';

/** Starts a browser; it is closed, and its profile deleted, when the scope ends. */
export interface TestBrowser extends AsyncDisposable {
  browser: Browser;
}

export async function startChromium(): Promise<TestBrowser> {
  const { root, executablePath, libraries } = await chromiumProgram();
  const home = temporaryFolder('chromium');
  const fonts = join(home, 'fonts.conf');
  writeFileSync(fonts, fontsConfig(root, home));
  const browser = await chromium.launch({
    executablePath,
    // Its sandbox needs rights that a container does not give; it opens only our own page.
    args: ['--no-sandbox', '--disable-crash-reporter'],
    env: { HOME: home, TZ: 'UTC', LD_LIBRARY_PATH: libraries, FONTCONFIG_FILE: fonts },
  });
  return {
    browser,
    async [Symbol.asyncDispose]() {
      await browser.close();
      await removeFolder(home);
    },
  };
}
