/** Kills between a press and its effect, on real servers. */
import assert from 'node:assert/strict';
import { createJournal } from '../chaos/journal.ts';
import { atMoment } from '../chaos/moments.ts';
import { startScene, TOPIC } from '../chaos/scene.ts';
import type { Stage } from '../chaos/proxy.ts';
import { realTest, until } from '../servers/index.ts';
import type { Need } from '../servers/index.ts';
import { createButtonPhone } from '../support/button-phone.ts';

const needs: Need[] = ['qbittorrent 5.1', 'ntfy current', 'curl'];
const COMMANDS = 'chaos-commands';

/** A sidecar with one download, and a phone that shows its card. */
async function startDownload() {
  await using stack = new AsyncDisposableStack();
  const scene = stack.use(
    await startScene({
      generation: '5.1',
      finishHook: false,
      journal: createJournal(),
      commandTopic: COMMANDS,
    }),
  );
  scene.sidecar.start();
  await until('it has logged in', () => scene.sidecar.current?.output.includes('logged in') === true);
  const seed = await scene.seed(20_000);
  const { hash, file } = seed.serve('a.iso', 5_000_000);
  await scene.qbittorrent.addTorrent(file);
  const phone = stack.use(await createButtonPhone({ ntfyUrl: scene.ntfy.url, topic: TOPIC, as: 'android' }));
  const card = `qbit-${hash}`;
  const bodyOf = (label: string): string | null => {
    const body = phone.card(card)?.actions?.find((action) => action.label === label)?.body;
    return typeof body === 'string' ? body : null;
  };
  await until('its card has buttons', () => bodyOf('Pause') !== null);
  const owned = stack.move();
  return {
    scene,
    hash,
    card,
    phone,
    bodyOf,
    isPaused: async () => /^(stopped|paused)/.test(String((await scene.qbittorrent.find(hash))?.['state'])),
    /** The requests that pause, as they arrived at the proxy. */
    pauses: () => scene.toQbittorrent.requests.filter(({ path }) => /torrents\/(pause|stop)$/.test(path)),
    /** Anyone publishes the same message again. */
    replay: (body: string) => fetch(`${scene.ntfy.url}/${COMMANDS}`, { method: 'POST', body }),
    /** What a failed test has to show. */
    async describe(): Promise<string> {
      const logs = scene.sidecar.runs.map(({ output }) => output.slice(-4000)).join('\n--- started again\n');
      const status = JSON.stringify(await scene.status().catch(String));
      return [logs, status, JSON.stringify(phone.card(card))].join('\n');
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const STAGES: Readonly<Record<Stage, string>> = {
  arrived: 'before qBittorrent has its request',
  answered: 'when qBittorrent has done it and not yet answered',
  delivered: 'when qBittorrent has answered, before the card says so',
};

for (const [stage, words] of Object.entries(STAGES))
  realTest(
    `a press that is followed by a kill ${words} has its effect, and counts once`,
    { needs },
    async () => {
      await using running = await startDownload();
      const { scene, card, phone, bodyOf, isPaused, pauses, replay } = running;
      const body = bodyOf('Pause') ?? '';
      const killed = atMoment(scene, { moment: 'command', stage: stage as Stage, timeLimit: 30_000 }, () =>
        scene.sidecar.send('SIGKILL'),
      );
      await phone.press(card, 'Pause');
      await killed;
      await scene.sidecar.ended();
      const before = pauses().length;
      scene.sidecar.start();
      await until('it is paused', isPaused);
      await until('the card has Resume', () => bodyOf('Resume') !== null).catch(async (cause: unknown) => {
        throw new Error(await running.describe(), { cause });
      });
      assert.ok(pauses().length - before <= 1);
      const resume = bodyOf('Resume') ?? '';
      await phone.press(card, 'Resume');
      await until('it downloads', async () => !(await isPaused()));
      const after = pauses().length;
      await replay(body);
      await replay(resume);
      await until('the card has Pause again', () => bodyOf('Pause') !== null && bodyOf('Pause') !== body);
      assert.equal(pauses().length, after);
      assert.ok(!(await isPaused()));
    },
  );
