/** What ntfy's apps show after a press: before an update, after it, and instead of it. */
import assert from 'node:assert/strict';
import { realTest, until } from '../servers/index.ts';
import { sleep } from '../servers/wait.ts';
import { createButtonPhone } from '../support/button-phone.ts';
import { button, startScene } from './button-scene.ts';
import type { Scene } from './button-scene.ts';

const needs = ['ntfy current'] as const;
const apps = ['android', 'web'] as const;

/** A card with one button, which publishes a command. */
const cardOf = ({ commandUrl }: Scene, message: string, fields: object = {}, priority = 2) => ({
  message,
  priority,
  actions: [button(commandUrl, fields)],
});

realTest(
  'an update that arrives before the app has handled the answer is overwritten on Android, and stays in the web app',
  { needs },
  async () => {
    await using scene = await startScene();
    const [android, web] = [await scene.phone('android'), await scene.phone('web')];
    await scene.show('card', cardOf(scene, 'old'), android, web);
    const { promise: answer, resolve: handleAnswer } = Promise.withResolvers<void>();
    const presses = [android, web].map((phone) => phone.press('card', 'Pause', { answer }));
    for (const phone of [android, web]) assert.deepEqual(phone.shown('card')?.buttons, ['Pause …']);
    await until('both presses arrived', async () => (await scene.commands()).length === 2);
    await scene.show('card', cardOf(scene, 'too early'), android, web);
    for (const phone of [android, web]) {
      assert.equal(phone.shown('card')?.message, 'too early');
      assert.deepEqual(phone.shown('card')?.buttons, ['Pause']);
    }
    handleAnswer();
    await Promise.all(presses);
    assert.equal(android.card('card')?.message, 'too early');
    assert.equal(android.shown('card')?.message, 'old');
    assert.deepEqual(android.shown('card')?.buttons, ['Pause ✔️']);
    // Both rows of the app's database are visible again.
    assert.deepEqual(
      android.listed('card').map(({ message }) => message),
      ['old', 'too early'],
    );
    assert.equal(web.shown('card')?.message, 'too early');
    assert.deepEqual(web.shown('card')?.buttons, ['Pause']);
    assert.deepEqual(
      web.listed('card').map(({ message }) => message),
      ['too early'],
    );

    // The button of the old version is there to be pressed again.
    assert.deepEqual(await android.press('card', 'Pause', { answer: 0 }), { ok: true, status: 200 });
    await scene.show('card', cardOf(scene, 'later'), android);
    assert.equal(android.shown('card')?.message, 'later');
    assert.deepEqual(
      android.listed('card').map(({ message }) => message),
      ['later'],
    );
  },
);

realTest('an update that arrives after the app has handled the answer stays', { needs }, async () => {
  await using scene = await startScene();
  for (const app of apps) {
    const phone = await scene.phone(app);
    await scene.show(app, cardOf(scene, 'old'), phone);
    await phone.press(app, 'Pause', { answer: 0 });
    assert.equal(phone.shown(app)?.message, 'old');
    assert.deepEqual(phone.shown(app)?.buttons, [app === 'android' ? 'Pause ✔️' : 'Pause ✔']);
    await scene.show(app, cardOf(scene, 'Paused', { label: 'Resume' }), phone);
    assert.equal(phone.shown(app)?.message, 'Paused');
    assert.deepEqual(phone.shown(app)?.buttons, ['Resume']);
    assert.deepEqual(
      phone.listed(app).map(({ message }) => message),
      ['Paused'],
    );
  }
});

realTest(
  'an update 1.1 s after the press stays, however slow the network and the test are',
  { needs },
  async () => {
    await using scene = await startScene();
    const phone = await scene.phone('android');
    await scene.show('card', cardOf(scene, 'old'), phone);
    const press = phone.press('card', 'Pause');
    await sleep(1100);
    await scene.show('card', cardOf(scene, 'Paused'), phone);
    await press;
    assert.equal(phone.shown('card')?.message, 'Paused');
  },
);

realTest(
  'a card that is deleted before the app has handled the answer stays away from the drawer, but returns to the list of the Android app',
  { needs },
  async () => {
    await using scene = await startScene();
    const [android, web] = [await scene.phone('android'), await scene.phone('web')];
    await scene.show('card', cardOf(scene, 'old'), android, web);
    const { promise: answer, resolve: handleAnswer } = Promise.withResolvers<void>();
    const presses = [android, web].map((phone) => phone.press('card', 'Pause', { answer }));
    await scene.delete('card', android, web);
    handleAnswer();
    await Promise.all(presses);
    for (const phone of [android, web])
      assert.deepEqual([phone.card('card'), phone.shown('card')], [null, null]);
    assert.deepEqual(
      android.listed('card').map(({ message }) => message),
      ['old'],
    );
    assert.deepEqual(web.listed('card'), []);
    await scene.show('other', cardOf(scene, 'other'), android);
    await assert.rejects(android.press('card', 'Pause'), /No button "Pause" on card: null/);
    await assert.rejects(android.press('other', 'Resume'), /No button "Resume" on other/);
  },
);

realTest(
  'an Android card makes one sound, a web card one at each update, and no press makes one',
  { needs },
  async () => {
    await using scene = await startScene();
    const [android, web] = [await scene.phone('android'), await scene.phone('web')];
    for (const message of ['one', 'two']) {
      await scene.show('card', cardOf(scene, message, {}, 4), android, web);
      for (const phone of [android, web]) await phone.press('card', 'Pause', { answer: 0 });
    }
    await scene.show('silent', cardOf(scene, 'silent', {}, 2), android, web);
    const heard = (phone: typeof web) => phone.sounds.map(({ message }) => message);
    assert.deepEqual(heard(android), ['one']);
    assert.deepEqual(heard(web), ['one', 'two']);
    android.dismiss('card');
    await scene.show('card', cardOf(scene, 'three', {}, 4), android);
    assert.deepEqual(heard(android), ['one', 'three']);
  },
);

realTest(
  'a button that clears removes the card from the drawer after a success only, and its next update sounds again',
  { needs },
  async () => {
    let isOpen = false;
    await using scene = await startScene(() => (isOpen ? null : 503));
    const [android, web] = [await scene.phone('android'), await scene.phone('web')];
    await scene.show('card', cardOf(scene, 'one', { clear: true }, 4), android, web);
    await android.press('card', 'Pause', { answer: 0 });
    assert.deepEqual(android.shown('card')?.errors, ['Pause failed: HTTP 503']);
    isOpen = true;
    for (const phone of [android, web]) await phone.press('card', 'Pause', { answer: 0 });
    assert.equal(android.shown('card'), null);
    assert.equal(android.listed('card').length, 1);
    assert.deepEqual(web.shown('card')?.buttons, ['Pause ✔']);
    await scene.show('card', cardOf(scene, 'two', {}, 4), android);
    assert.deepEqual(
      android.sounds.map(({ message }) => message),
      ['one', 'two'],
    );
    await scene.clear('card');
    await until('the drawer is empty', () => android.shown('card') === null);
    assert.equal(web.shown('card')?.message, 'two');
  },
);

realTest('a second press while the first is under way is sent by the web app only', { needs }, async () => {
  await using scene = await startScene();
  for (const app of apps) {
    const phone = await scene.phone(app);
    await scene.show(app, cardOf(scene, 'm', { body: app }), phone);
    await Promise.all([1, 2].map(() => phone.press(app, 'Pause', { answer: 0 })));
    await phone.press(app, 'Pause', { answer: 0 });
  }
  const sent = await scene.commands();
  assert.deepEqual(sent.toSorted(), ['android', 'android', 'web', 'web', 'web']);
});

realTest('a phone reads on after a restart of ntfy', { needs }, async () => {
  await using scene = await startScene();
  const phone = await scene.phone('android');
  await scene.show('card', cardOf(scene, 'before'), phone);
  const before = phone.connections();
  await scene.ntfy.restart();
  await until('the phone is connected again', () => phone.connections() > before);
  await scene.show('card', cardOf(scene, 'after'), phone);
  assert.deepEqual(await phone.press('card', 'Pause', { answer: 0 }), { ok: true, status: 200 });
});

realTest('a phone that may not read the topic cannot be created', { needs }, async () => {
  await using scene = await startScene();
  const creating = createButtonPhone({ ntfyUrl: scene.ntfy.url, topic: 'cards', as: 'android' });
  await assert.rejects(creating, /ntfy refused to be read: 403/);
});
