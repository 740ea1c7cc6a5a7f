import assert from 'node:assert/strict';
import { realTest } from '../servers/index.ts';
import { openTab, startScene, untilLink, untilText, violationsOf } from './scene.ts';

realTest(
  'the token opens the page on another machine until the user signs out',
  { needs: ['chromium'] },
  async () => {
    await using scene = await startScene({ OPS_TOKEN: 'correct-horse-battery' });
    // Another name for this machine, which the sidecar does not treat as local.
    const url = scene.url.replace('localhost', 'pod.localhost');
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, complaints } = await openTab(scene.browser, url, { colorScheme });
      const field = page.getByLabel('Token of this sidecar');
      assert.deepEqual(await violationsOf(page), []);
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'token', 'the field has the focus');

      await field.fill('wrong');
      await page.keyboard.press('Enter');
      await untilText(page, '#problem', /Wrong token/);
      assert.deepEqual(await violationsOf(page), []);
      assert.ok(!page.url().includes('wrong'));

      await field.fill('correct-horse-battery');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await untilLink(page, 'live');
      assert.equal(page.url(), url);
      assert.deepEqual(await violationsOf(page), []);
      assert.equal(await page.evaluate(() => document.cookie), '', 'no script can read the cookie');
      await page.reload();
      await untilLink(page, 'live');

      await page.getByRole('button', { name: 'Sign out' }).click();
      await field.waitFor();
      await page.goto(url);
      assert.ok(await field.isVisible());
      assert.deepEqual(complaints, []);
      await page.close();
    }
  },
);

realTest(
  'a page whose session was ended elsewhere shows that and links to the form',
  { needs: ['chromium'] },
  async () => {
    await using scene = await startScene({ OPS_TOKEN: 'correct-horse-battery' });
    const url = scene.url.replace('localhost', 'pod.localhost');
    const { page } = await openTab(scene.browser, url);
    await page.getByLabel('Token of this sidecar').fill('correct-horse-battery');
    await page.keyboard.press('Enter');
    await untilLink(page, 'live');
    // As after a restart of the sidecar: the browser sends a cookie that is not known.
    const [cookie] = await page.context().cookies();
    assert.ok(cookie !== undefined && cookie.value.length === 43);
    await page.context().addCookies([{ ...cookie, value: 'x'.repeat(43) }]);
    await page.evaluate(() => {
      dispatchEvent(new Event('pagehide'));
      dispatchEvent(new Event('pageshow'));
    });
    await untilLink(page, 'refused');
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('Token of this sidecar').waitFor();
  },
);
