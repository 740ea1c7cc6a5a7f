/** A real browser: Debian's Chromium, unpacked and not installed. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createOnce } from './create-once.ts';
import { installBundle } from './install.ts';
import type { Installed } from './install.ts';
import { librariesOf, startOf } from './start.ts';

/** Unpacks it once; 700 MB. */
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

/** How it is started. Throws where it is not available: the test needs `chromium`. */
export async function chromiumProgram(): Promise<{
  root: string;
  executablePath: string;
  libraries: string;
}> {
  const installed = await installChromium();
  if (!installed.ok) throw new Error(installed.reason);
  const { root } = installed;
  const folders = librariesOf(root).flatMap((folder) => [folder, join(folder, 'pulseaudio')]);
  return { root, executablePath: await executable(root), libraries: folders.join(':') };
}

/**
 * Chromium starts its children as `/proc/self/exe`, so unlike other programs it cannot be started through the loader of
 * its suite: the loader's path is written into a copy of it.
 */
async function executable(root: string): Promise<string> {
  const folder = join(root, 'usr', 'lib', 'chromium');
  const patched = join(folder, 'chromium-patched');
  await createOnce(patched, async (half) => {
    const { command, args } = startOf(root, 'patchelf');
    const change = ['--set-interpreter', command, '--output', half];
    await promisify(execFile)(command, [...args, ...change, join(folder, 'chromium-headless-shell')]);
  });
  return patched;
}

/**
 * fontconfig's settings for the bundle's own fonts, so that a page looks the same everywhere; its cache is in `home`.
 */
export function fontsConfig(root: string, home: string): string {
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
