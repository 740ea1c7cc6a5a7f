/** A real browser: Debian's Chromium, unpacked and not installed. */
import { execFile } from 'node:child_process';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { installBundle } from '../debian/install.ts';
import type { Installed } from '../debian/install.ts';
import { librariesOf, startOf } from '../debian/start.ts';
import { removeFolder, temporaryFolder } from '../servers/processes.ts';

/** Makes the browser available; see `installBundle`. */
export function installChromium(): Promise<Installed> {
  return installBundle({
    name: 'chromium',
    suite: 'trixie',
    packages: [
      'chromium-headless-shell',
      'patchelf',
      'fonts-inter',
      'fonts-dejavu-core',
      'fonts-noto-color-emoji',
    ],
  });
}

/** A browser that is closed, with its profile, when the scope ends. */
export interface TestBrowser extends AsyncDisposable {
  browser: Browser;
}

/** Starts a browser. Throws where it can't be had: ask `installChromium` first. */
export async function startChromium(): Promise<TestBrowser> {
  const installed = await installChromium();
  if (!installed.ok) throw new Error(installed.reason);
  const { root } = installed;
  const home = temporaryFolder('chromium');
  const folders = librariesOf(root).flatMap((folder) => [folder, join(folder, 'pulseaudio')]);
  const fonts = join(home, 'fonts.conf');
  writeFileSync(fonts, fontsConfig(root, home));
  const browser = await chromium.launch({
    executablePath: await executable(root),
    // Its sandbox needs rights that a container does not give; it opens our own page only.
    args: ['--no-sandbox', '--disable-crash-reporter'],
    env: {
      HOME: home,
      TZ: 'UTC',
      LD_LIBRARY_PATH: folders.join(':'),
      FONTCONFIG_FILE: fonts,
    },
  });
  return {
    browser,
    async [Symbol.asyncDispose]() {
      await browser.close();
      await removeFolder(home);
    },
  };
}

/**
 * Chromium starts its children as `/proc/self/exe`, so it can't be started through the loader of its suite as other
 * programs are: the loader's path is written into a copy of it.
 */
async function executable(root: string): Promise<string> {
  const folder = join(root, 'usr', 'lib', 'chromium');
  const patched = join(folder, 'chromium-here');
  if (existsSync(patched)) return patched;
  const half = `${patched}.${process.pid}`;
  const { command, args } = startOf(root, 'patchelf');
  const change = ['--set-interpreter', command, '--output', half];
  await promisify(execFile)(command, [...args, ...change, join(folder, 'chromium-headless-shell')]);
  renameSync(half, patched);
  return patched;
}

/** The bundle's own fonts, so that a screenshot is the same everywhere. */
function fontsConfig(root: string, home: string): string {
  const families = ['Inter', 'DejaVu Sans', 'Noto Color Emoji'];
  const prefer = families.map((family) => `<family>${family}</family>`).join('');
  const aliases = ['sans-serif', 'system-ui'].map(
    (name) => `<alias binding="strong"><family>${name}</family><prefer>${prefer}</prefer></alias>`,
  );
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<dir>${join(root, 'usr', 'share', 'fonts')}</dir>
<cachedir>${join(home, 'fonts')}</cachedir>
${aliases.join('\n')}
<alias binding="strong"><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
`;
}
