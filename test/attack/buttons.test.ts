/** Attacks on buttons, with real servers and the shipped sidecar: its effects, requests, log lines and memory. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createLogger } from '../../src/log/index.ts';
import { openStore } from '../../src/store/index.ts';
import { realTest, until } from '../servers/index.ts';
import type { Need } from '../servers/index.ts';
import { startAttackScene, TOPIC } from './scene.ts';
import type { AttackScene } from './scene.ts';
import { hostileAnswers, hostileStreams } from './answers.ts';
import { flood, junk, nearly, otherRequests } from './messages.ts';

const needs: Need[] = ['qbittorrent current', 'ntfy current', 'curl'];

/** Megabytes that a process of this size may need more than before. */
const MAX_GROWTH = 24;

const isStopped = async (scene: AttackScene, hash: string) =>
  (await scene.stateOf(hash)).startsWith('stopped');

/** A button of a card that is shown; throws without one. */
function bodyOf(scene: AttackScene, card: string, label: string): string {
  const text = scene.bodyOf(card, label);
  assert.ok(text !== null, `no button ${label}`);
  return text;
}

realTest(
  'thousands of messages on the command topic cost no request, no log line and no memory; then a press works',
  { needs },
  async (t) => {
    await using scene = await startAttackScene();
    const { card, hash } = await scene.download('a.iso');
    const pause = bodyOf(scene, card, 'Pause');
    const before = await scene.figures();
    const uncached = `${scene.commandUrl}?cache=no`;
    const almost = [...nearly(pause)];
    const statuses = [
      await flood(uncached, junk(10_000)),
      await flood(scene.commandUrl, junk(300)),
      await flood(uncached, almost),
    ];
    for (const status of statuses) assert.deepEqual([...status.keys()], [200]);
    let accepted = 10_300 + almost.length;
    for (const request of otherRequests({ url: scene.commandUrl, command: pause, cards: TOPIC }))
      accepted += (await request()).ok ? 1 : 0;
    await until('all are counted', async () => (await scene.figures()).rejected === accepted);
    const after = await scene.figures();
    t.diagnostic(JSON.stringify({ before, after }));
    assert.equal(after.lines, before.lines);
    assert.equal(after.requests, before.requests);
    assert.ok(after.rss < before.rss + MAX_GROWTH, `${after.rss} MB after ${before.rss}`);

    await scene.publish(pause);
    await until('it is paused', () => isStopped(scene, hash));
    await scene.says(card, /^Paused/);
    // Anyone who has seen it publishes it again.
    await flood(
      uncached,
      Array.from({ length: 3000 }, () => pause),
    );
    await until('all are counted', async () => (await scene.figures()).rejected === accepted + 3000);
    assert.equal(scene.count(/\/stop$/), 1);
    assert.equal((await scene.figures()).lines, after.lines + 1);
    assert.deepEqual(await scene.leaks(), []);
  },
);

realTest(
  'whoever reads the cards can press each button once: repeated, reversed, at once, after kills, and after the torrent was added again',
  { needs },
  async () => {
    // Nothing is polled between a removal and a press.
    await using scene = await startAttackScene({ POLL_INTERVAL: '30s' });
    const [one, other] = [await scene.download('a.iso'), await scene.download('b.iso')];
    const seen: string[] = [];
    const press = async (card: string, label: string): Promise<void> => {
      const body = bodyOf(scene, card, label);
      seen.push(body);
      await scene.publish(body);
    };
    /** Everything that was ever pressed, the last first. */
    const replay = async () => void (await Promise.all(seen.toReversed().map((body) => scene.publish(body))));

    await press(one.card, 'Pause');
    await until('it has Resume', () => scene.bodyOf(one.card, 'Resume') !== null);
    await press(one.card, 'Resume');
    await until('it has Pause', () => scene.bodyOf(one.card, 'Pause') !== null);
    for (let times = 0; times < 3; times += 1) await replay();
    await scene.kill();
    await replay();
    await scene.start();
    await replay();
    await press(other.card, 'Pause');
    await until('the other is paused', () => isStopped(scene, other.hash));
    assert.equal(scene.count(/\/stop$/, one.hash), 1);
    assert.equal(scene.count(/\/start$/, one.hash), 1);

    // A question is answered by the first of its buttons.
    await press(one.card, 'Delete');
    await until('it asks', () => scene.bodyOf(one.card, 'Keep') !== null);
    const answers = ['Keep', 'Delete', 'Delete with files'].map((label) => bodyOf(scene, one.card, label));
    await scene.publish(answers[0] ?? '');
    await Promise.all(answers.map((body) => scene.publish(body)));
    await until('it asks no longer', () => scene.bodyOf(one.card, 'Pause') !== null);
    await press(one.card, 'Delete');
    await until('it asks again', () => {
      const keep = scene.bodyOf(one.card, 'Keep');
      return keep !== null && keep !== answers[0];
    });
    const again = bodyOf(scene, one.card, 'Delete with files');
    await scene.qbittorrent.remove(one.hash);
    // qBittorrent dates an addition to the second.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await scene.qbittorrent.addTorrent(one.file);
    const rejected = await scene.metric('qbit_ntfy_presses_rejected_total', 'outdated');
    await scene.publish(again);
    await until(
      'it is outdated',
      async () => (await scene.metric('qbit_ntfy_presses_rejected_total', 'outdated')) === rejected + 1,
    );
    assert.equal(scene.count(/\/delete$/), 0);
    assert.notEqual(await scene.stateOf(one.hash), 'gone');
    assert.deepEqual(await scene.leaks(), []);
  },
);

realTest(
  'after a kill between a deletion and its answer the torrent that was added again stays; a damaged key costs no button',
  { needs },
  async () => {
    await using scene = await startAttackScene();
    const { card, hash, file } = await scene.download('a.iso');
    await scene.publish(bodyOf(scene, card, 'Delete'));
    await until('it asks', () => scene.bodyOf(card, 'Keep') !== null);
    const killed = new Promise<void>((resolve) => {
      scene.toQbittorrent.onStage = (stage, { path }) => {
        if (stage !== 'answered' || !path.endsWith('/delete')) return;
        scene.toQbittorrent.onStage = () => {};
        resolve(scene.kill());
      };
    });
    await scene.publish(bodyOf(scene, card, 'Delete with files'));
    await killed;
    await until('it is gone', async () => (await scene.stateOf(hash)) === 'gone');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await scene.qbittorrent.addTorrent(file);
    await until('it downloads', async () => /DL|down/i.test(await scene.stateOf(hash)));
    await scene.start();
    await until('it has other buttons', () => scene.bodyOf(card, 'Pause') !== null);
    assert.equal(scene.count(/\/delete$/), 1);

    const invalid = bodyOf(scene, card, 'Pause');
    await scene.kill();
    const log = createLogger({ level: 'error', pretty: false, write: (line) => assert.fail(line) });
    const store = openStore({ dir: join(scene.folder, 'state'), log });
    store.setFact('commandKey', { key: 1 });
    store.setFact('commandCursor', { id: 'x'.repeat(64), at: Date.now() });
    store.close();
    await scene.start();
    await until('it has buttons of the new key', () => scene.bodyOf(card, 'Pause') !== invalid);
    await scene.publish(invalid);
    await scene.publish(bodyOf(scene, card, 'Pause'));
    await until('it is paused', () => isStopped(scene, hash));
    // With the earlier presses, which are read again because the cursor is damaged, too.
    assert.ok((await scene.metric('qbit_ntfy_presses_rejected_total', 'signature')) >= 1);
    assert.equal(scene.count(/\/stop$/), 1);
  },
);

realTest(
  'hostile streams and hostile answers to commands: no crash, no memory, few requests; then a press works',
  { needs },
  async (t) => {
    await using scene = await startAttackScene({ NTFY_RETRY_MAX: '2s' });
    const { card, hash } = await scene.download('a.iso', 50_000_000);
    const before = await scene.figures();
    await hostileStreams(scene.toNtfy, bodyOf(scene, card, 'Mute'));
    await until('it reads the topic', async () => /"listening"/.test(await scene.read('/status')));

    for (const [name, answer] of Object.entries(hostileAnswers)) {
      const from = scene.toQbittorrent.requests.length;
      const body = bodyOf(scene, card, 'Pause');
      scene.toQbittorrent.replacementFor = ({ path }) =>
        /torrents\/(stop|pause)$/.test(path) ? { after: false, answer } : null;
      await scene.publish(body);
      await until(`the card has other buttons after ${name}`, () => {
        const next = scene.bodyOf(card, 'Pause');
        return next !== null && next !== body;
      });
      assert.match(scene.phone.shown(card)?.message ?? '', /^Not paused/, name);
      const commands = scene.toQbittorrent.requests
        .slice(from)
        .filter(({ path }) => /\/(stop|pause|login)$/.test(path));
      assert.ok(commands.length <= 3, `${name}: ${commands.map(({ path }) => path).join(' ')}`);
    }
    scene.toQbittorrent.replacementFor = () => null;
    assert.ok(!(await isStopped(scene, hash)));
    await scene.publish(bodyOf(scene, card, 'Pause'));
    await until('it is paused', () => isStopped(scene, hash));
    const after = await scene.figures();
    t.diagnostic(JSON.stringify({ before, after }));
    assert.ok(after.rss < before.rss + MAX_GROWTH, `${after.rss} MB after ${before.rss}`);
    assert.equal(scene.count(/\/stop$/), 1);
    assert.equal(scene.sidecar.runs.length, 1);
    assert.deepEqual(await scene.leaks(), []);
  },
);
