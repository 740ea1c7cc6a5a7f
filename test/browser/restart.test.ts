import assert from 'node:assert/strict';
import { ensureBundle } from '../../src/development/bundle.ts';
import { realTest } from '../servers/index.ts';
import { freePort } from '../servers/ports.ts';
import { removeFolder, startProcess, temporaryFolder, untilAnswering } from '../servers/processes.ts';
import { startChromium } from './chromium.ts';
import { openTab, startEmbedded, untilLink, untilText } from './scene.ts';

realTest(
  'the page of the shipped bundle shows that its sidecar is unavailable, and reconnects when it is back',
  { needs: ['chromium'] },
  async () => {
    await using stack = new AsyncDisposableStack();
    const folder = temporaryFolder('restart');
    stack.defer(() => removeFolder(folder));
    const file = await ensureBundle();
    const embedded = stack.use(await startEmbedded());
    const { browser } = stack.use(await startChromium());
    const [hookPort, opsPort] = [await freePort(), await freePort()];
    const url = `http://localhost:${opsPort}/`;

    const start = async () => {
      const env = {
        ...embedded.env,
        POLL_INTERVAL: '1s',
        HOOK_PORT: String(hookPort),
        OPS_HOST: '127.0.0.1',
        OPS_PORT: String(opsPort),
        STATE_DIR: folder,
      };
      const sidecar = startProcess(
        { command: process.execPath, args: [file], env, packaged: '' },
        [],
        folder,
      );
      stack.defer(() => sidecar.stop());
      await untilAnswering(sidecar, `http://127.0.0.1:${opsPort}/livez`);
      return sidecar;
    };
    const first = await start();
    embedded.hookPort = hookPort;
    embedded.qbittorrent.addTorrent({ name: 'debian.iso', size: 1e9, rate: 5e6 });
    const { page, complaints } = await openTab(browser, url);
    await untilLink(page, 'live');
    await untilText(page, '#torrents .name', /debian\.iso/);
    await page.locator('#torrents a').click();
    await untilText(page, '#chart-now', /polling › downloading/);

    await first.stop();
    await untilLink(page, 'lost');
    assert.equal(await page.locator('#link').textContent(), 'Disconnected, reconnecting');
    assert.ok(await page.locator('#banner').isVisible());

    await start();
    await untilLink(page, 'live');
    assert.ok(await page.locator('#banner').isHidden());
    // The chart is still open and updates.
    const before = await untilText(page, '#chart-now', /polling › downloading/);
    const bar = page.locator('#torrents progress');
    const value = await bar.getAttribute('value');
    await untilText(page, '#torrents .percent', /%/);
    await page.waitForFunction(
      (old) => document.querySelector('#torrents progress')?.getAttribute('value') !== old,
      value,
    );
    assert.match(before, /^Now /);
    assert.deepEqual(complaints, []);
  },
);
