/** `PROGRESS`, and settings of topics in a rules file, in a whole sidecar. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { until } from '../servers/wait.ts';
import { startSidecar } from '../support/sidecar.ts';

const TOPIC = 'planted-films';
const FILMS = `
rules:
  - name: films
    match: { category: films }
    topic: ${TOPIC}
`;

/** Writes a file that has not changed for so many seconds. */
function write(path: string, text: string, age: number): void {
  writeFileSync(path, text);
  const at = Date.now() / 1000 - age;
  utimesSync(path, at, at);
}

async function startScene(rules: string, env: Record<string, string> = {}) {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'topic-settings-'));
  stack.defer(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'rules.yaml');
  write(path, rules, 60);
  const qbittorrent = stack.use(await startQbittorrentSimulator());
  const ntfy = stack.use(await startNtfySimulator());
  const sidecar = await startSidecar({
    QBIT_HOST: qbittorrent.url,
    QBIT_USER: qbittorrent.username,
    QBIT_PASS: qbittorrent.password,
    NTFY_TOPIC: `${ntfy.url}/downloads`,
    INSTANCE_NAME: 'qbit',
    RULES_FILE: path,
    ...env,
  });
  stack.defer(() => sidecar.stop());
  const owned = stack.move();
  return {
    path,
    ntfy,
    /** A torrent that downloads slowly. */
    add(name: string, category = '') {
      const hash = qbittorrent.addTorrent({ name, size: 20_000_000, rate: 100_000, category });
      sidecar.supervisor.send({ type: 'torrents.track', hashes: [hash] });
      return hash;
    },
    complete: (hash: string) =>
      qbittorrent.play(hash, [{ phase: 'downloading', rate: 50_000_000 }, { phase: 'complete' }]),
    untilCards: (what: string, topic: string, ids: readonly string[]) =>
      until(what, () => String(ntfy.cards(topic).map(({ sequence_id: id }) => id)) === String(ids)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

test('a topic whose progress is turned off in the file loses its card, and receives the completion', async () => {
  await using scene = await startScene(FILMS);
  const film = scene.add('film.mkv', 'films');
  const other = scene.add('other.iso');
  await scene.untilCards('the film is shown', TOPIC, [`qbit-${film}`]);
  await scene.untilCards('the other is shown', 'downloads', [`qbit-${other}`]);
  write(scene.path, `${FILMS}topics: { ${TOPIC}: { progress: none } }\n`, 50);
  await scene.untilCards('its card is deleted', TOPIC, []);
  await scene.untilCards('the other stays', 'downloads', [`qbit-${other}`]);
  scene.complete(film);
  await scene.untilCards('it is complete', TOPIC, [`qbit-${film}-done`]);
});

test('a topic with cards has them although PROGRESS=none, and other topics have none', async () => {
  const rules = `${FILMS}topics: { ${TOPIC}: { progress: cards } }\n`;
  await using scene = await startScene(rules, { PROGRESS: 'none' });
  const other = scene.add('other.iso');
  const film = scene.add('film.mkv', 'films');
  await scene.untilCards('the film is shown', TOPIC, [`qbit-${film}`]);
  scene.complete(other);
  await scene.untilCards('the other is complete', 'downloads', [`qbit-${other}-done`]);
  const sent = scene.ntfy.messages.filter(({ topic }) => topic === 'downloads');
  assert.deepEqual(
    sent.map(({ sequence_id: id }) => id),
    [`qbit-${other}-done`],
  );
});
