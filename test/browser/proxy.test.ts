import assert from 'node:assert/strict';
import { createAuthority } from '../http/certificates.ts';
import { documentedBlock, PATH } from '../page/proxy-block.ts';
import { realTest, startNginx } from '../servers/index.ts';
import { openTab, startScene, untilLink, untilText } from './scene.ts';

const TOKEN = 'correct-horse-battery';

for (const host of ['$http_host', '$host', 'localhost:9091']) {
  realTest(
    `through the documented nginx block with https and Host ${host} the user signs in, sees live updates and signs out`,
    { needs: ['chromium', 'nginx'] },
    async () => {
      await using scene = await startScene({ OPS_TOKEN: TOKEN });
      const { key, cert } = createAuthority().issue({ names: ['127.0.0.1'] });
      await using nginx = await startNginx({
        listen: 'ssl',
        server: `ssl_certificate cert.pem; ssl_certificate_key key.pem;
          ${documentedBlock(scene.sidecar.ops.port).replace('$http_host', host)}`,
        files: { 'cert.pem': cert, 'key.pem': key },
      });
      // Without the trailing slash: nginx adds it.
      const url = `https://127.0.0.1:${nginx.port}${PATH}`;
      const { page, complaints } = await openTab(scene.browser, url.slice(0, -1), {
        ignoreHTTPSErrors: true,
      });
      assert.equal(page.url(), url);
      const field = page.getByLabel('Token of this sidecar');
      await field.fill(TOKEN);
      await page.keyboard.press('Enter');
      await untilLink(page, 'live');
      assert.equal(page.url(), url);
      const [cookie, ...others] = await page.context().cookies();
      assert.deepEqual(others, []);
      const { path, secure, httpOnly, sameSite } = cookie ?? {};
      assert.deepEqual(
        { path, secure, httpOnly, sameSite },
        {
          path: PATH.slice(0, -1),
          secure: true,
          httpOnly: true,
          sameSite: 'Strict',
        },
      );

      const hash = scene.qbittorrent.addTorrent({ name: 'through a proxy', scenario: 'noMetadata' });
      await fetch(`http://localhost:${scene.sidecar.hook.port}/track?hash=${hash}`, { method: 'POST' });
      await untilText(page, '#torrents', /through a proxy/);
      await page.getByRole('link', { name: 'Supervisor' }).click();
      await page.locator('#chart-view .active').first().waitFor();
      assert.equal(page.url(), `${url}?show=supervisor`);
      await page.keyboard.press('Escape');
      await page.waitForURL(url);
      await page.reload();
      await untilLink(page, 'live');
      await page.getByRole('button', { name: 'Sign out' }).click();
      await field.waitFor();
      assert.equal(page.url(), url);
      assert.deepEqual(await page.context().cookies(), []);
      assert.deepEqual(complaints, []);
    },
  );
}

realTest(
  'an open page shows that its browser signed out in another tab, and receives no more data',
  { needs: ['chromium'] },
  async () => {
    await using scene = await startScene({ OPS_TOKEN: TOKEN });
    const { page } = await openTab(scene.browser, scene.url);
    await page.getByLabel('Token of this sidecar').fill(TOKEN);
    await page.keyboard.press('Enter');
    await untilLink(page, 'live');
    // As from another tab, which sends this one no message.
    const left = await page.evaluate(
      async () => (await fetch('logout', { method: 'POST', redirect: 'manual' })).type,
    );
    assert.equal(left, 'opaqueredirect');
    const hash = scene.qbittorrent.addTorrent({ name: 'hidden after sign-out', scenario: 'noMetadata' });
    await fetch(`http://localhost:${scene.sidecar.hook.port}/track?hash=${hash}`, { method: 'POST' });
    await untilLink(page, 'refused');
    assert.doesNotMatch((await page.locator('#torrents').textContent()) ?? '', /hidden after sign-out/);
  },
);
