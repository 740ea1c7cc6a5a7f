import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { secret } from '../../src/util/secret.ts';
import type { Secret } from '../../src/util/secret.ts';
import { hashOf, SECOND } from '../machines/fixtures.ts';
import { countObservers, following, startApp } from './setup.ts';
import { cookieOf, own, REMOTE, signIn, TOKEN } from './sign-in.ts';

/** A page with a tracked torrent; `open` reads a stream to the end of its first message. */
async function startStreams(t: TestContext, token: Secret) {
  const world = await following(1);
  const scene = startApp(t, token, world);
  const open = async (shown: Record<string, string>) => {
    const answer = await scene.call('/events', { headers: { host: own.host, ...shown } }, REMOTE);
    assert.equal(answer.status, 200);
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('\nid: ')) text += (await reader?.read())?.value ?? '';
    /** All data until the server ends the stream. */
    return async (): Promise<string> => {
      let rest = '';
      for (let part = await reader?.read(); part?.done === false; part = await reader?.read())
        rest += part.value;
      return rest;
    };
  };
  const move = async () => {
    world.set(hashOf(0), { progress: 0.7 });
    await world.pass(5 * SECOND);
  };
  return { ...scene, world, open, move };
}

describe('an open stream', () => {
  test('ends when its browser signs out, before anything more is sent', async (t) => {
    const { call, open, move } = await startStreams(t, secret(TOKEN));
    const cookie = cookieOf(await signIn(call, TOKEN));
    const rest = await open({ cookie });
    assert.equal(
      (await call('/logout', { method: 'POST', headers: { ...own, cookie } }, REMOTE)).status,
      303,
    );
    await move();
    assert.equal(await rest(), '');
  });

  test('ends when the token changes, whether it was opened with a cookie or the token', async (t) => {
    let value = TOKEN;
    const { call, open, move, lines } = await startStreams(
      t,
      secret(() => value),
    );
    const rests = [
      await open({ cookie: cookieOf(await signIn(call, TOKEN)) }),
      await open({ authorization: `Bearer ${TOKEN}` }),
    ];
    value = 'another';
    await move();
    for (const rest of rests) assert.equal(await rest(), '');
    assert.doesNotMatch(lines.join(''), /wrong OPS_TOKEN/, 'no attempt was counted');
  });

  test('ends at the next heartbeat if nothing changes', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const { call, open, world } = await startStreams(t, secret(TOKEN));
    const observers = countObservers(world.supervisor);
    const cookie = cookieOf(await signIn(call, TOKEN));
    const rest = await open({ cookie });
    t.mock.timers.tick(15_000);
    await call('/logout', { method: 'POST', headers: { ...own, cookie } }, REMOTE);
    t.mock.timers.tick(15_000);
    assert.doesNotMatch(await rest(), /data:/);
    assert.equal(observers.now, 0, 'no viewer is left');
  });

  test('continues for other browsers, also after wrong tokens from the same address', async (t) => {
    const { call, open, move, page } = await startStreams(t, secret(TOKEN));
    const cookies = [cookieOf(await signIn(call, TOKEN)), cookieOf(await signIn(call, TOKEN))];
    const rests = [
      await open({ cookie: cookies[0] ?? '' }),
      await open({ cookie: cookies[1] ?? '' }),
      await open({ authorization: `Bearer ${TOKEN}` }),
    ];
    await Promise.all(Array.from({ length: 10 }, (_, n) => signIn(call, `guess ${n}`)));
    const headers = { ...own, cookie: cookies[0] ?? '' };
    await call('/logout', { method: 'POST', headers }, REMOTE);
    await move();
    assert.equal(await rests[0]?.(), '');
    page.close();
    for (const rest of rests.slice(1)) assert.match(await rest(), /70%/);
  });
});
