/** A rules file in a whole sidecar: topics, texts, priorities, quiet hours, and the cards about the file. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { scrapeAnew } from '../metrics/samples.ts';
import { until } from '../servers/wait.ts';
import { startSidecar } from '../support/sidecar.ts';

const TOPIC = 'planted-films';
const FILMS = `
rules:
  - name: films
    match: { category: films, size: ">= 1 MB" }
    topic: ${TOPIC}
    progress: { priority: 1, title: "{{name}} on {{rule}}" }
    completion: { priority: 5, tags: [popcorn], title: "{{name}}: {{rule}}", message: "{{size}}" }
  - name: others
    send: [completion]
    completion: { priority: 2 }
`;

/** Writes a file that has not changed for a minute. */
function write(path: string, text: string, age = 60): void {
  writeFileSync(path, text);
  const at = Date.now() / 1000 - age;
  utimesSync(path, at, at);
}

interface Options {
  env?: Record<string, string>;
  /** The last valid rules, of an earlier process. */
  copy?: string;
}

async function startScene(t: TestContext, rules: string, { env = {}, copy }: Options = {}) {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'rules-app-'));
  stack.defer(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'rules.yaml');
  write(path, rules);
  const stateDir = join(folder, 'state');
  if (copy !== undefined) {
    mkdirSync(stateDir, { mode: 0o700 });
    writeFileSync(join(stateDir, 'rules-last-valid.yaml'), copy, { mode: 0o600 });
  }
  const qbittorrent = stack.use(await startQbittorrentSimulator());
  const ntfy = stack.use(await startNtfySimulator());
  const log: string[] = [];
  const sidecar = await startSidecar(
    {
      QBIT_HOST: qbittorrent.url,
      QBIT_USER: qbittorrent.username,
      QBIT_PASS: qbittorrent.password,
      NTFY_TOPIC: `${ntfy.url}/downloads`,
      STATE_DIR: stateDir,
      INSTANCE_NAME: 'qbit',
      RULES_FILE: path,
      ...env,
    },
    log,
  );
  stack.defer(() => sidecar.stop());
  const owned = stack.move();
  t.after(() => owned.disposeAsync());
  const read = async (page: string) => (await fetch(`http://127.0.0.1:${sidecar.ops.port}/${page}`)).text();
  const track = (hash: string) => sidecar.supervisor.send({ type: 'torrents.track', hashes: [hash] });
  return { path, qbittorrent, ntfy, sidecar, log, read, track };
}

test('a torrent is announced where its rule says, in its words; another as its rule says', async (t) => {
  const { qbittorrent, ntfy, sidecar, log, read, track } = await startScene(t, FILMS);
  const film = qbittorrent.addTorrent({
    name: 'film.mkv',
    size: 20_000_000,
    rate: 100_000,
    category: 'films/4k',
    tracker: 'https://tracker.test/planted-passkey/announce?passkey=planted-passkey',
  });
  const other = qbittorrent.addTorrent({ name: 'other.iso', size: 20_000_000, rate: 100_000 });
  track(film);
  track(other);
  await until('the film is shown', () => ntfy.cards(TOPIC).length === 1);
  assert.partialDeepStrictEqual(ntfy.cards(TOPIC), [{ title: 'film.mkv on films', priority: 1 }]);
  const rulings = await until('both are polled', async () => {
    const status = JSON.parse(await read('status')) as { torrents: Array<{ name: string; ruling: unknown }> };
    const found = new Map(status.torrents.map(({ name, ruling }) => [name, ruling]));
    return found.has('film.mkv') && found.has('other.iso') && found;
  });
  assert.deepEqual(rulings.get('film.mkv'), {
    rule: 'films',
    matched: ['size', 'category'],
    decided: true,
    send: ['progress', 'completion', 'alerts'],
  });
  assert.deepEqual(rulings.get('other.iso'), {
    rule: 'others',
    matched: [],
    decided: true,
    send: ['completion'],
  });
  assert.match(await read('status'), /"tracker.test"/);
  const samples = await scrapeAnew(sidecar);
  assert.equal(samples.get('qbit_ntfy_torrents_by_rule{rule="films"}'), 1);
  assert.equal(samples.get('qbit_ntfy_torrents_by_rule{rule="others"}'), 1);
  for (const hash of [film, other])
    qbittorrent.play(hash, [{ phase: 'downloading', rate: 50_000_000 }, { phase: 'complete' }]);
  await until(
    'both are announced',
    () => ntfy.messages.filter(({ sequence_id: id }) => id?.endsWith('-done')).length === 2,
  );
  await until(
    'nothing is tracked',
    () => sidecar.supervisor.getSnapshot().context.registry.records.size === 0,
  );
  const [card, ...rest] = ntfy.cards(TOPIC);
  assert.deepEqual(rest, []);
  assert.partialDeepStrictEqual(card, {
    title: 'film.mkv: films',
    message: '20.0 MB',
    priority: 5,
    tags: ['popcorn'],
  });
  const cards = ntfy.cards('downloads');
  assert.deepEqual(
    cards.map(({ title, priority }) => [title, priority]),
    [['Download Complete', 2]],
  );
  for (const text of [await read('status'), await read('metrics'), await read(''), ...log])
    assert.doesNotMatch(text, /planted/);
});

test('an invalid file is reported once, changes nothing, and so is its end', async (t) => {
  const { path, qbittorrent, ntfy, sidecar, track } = await startScene(t, FILMS);
  const sent = (title: string) => ntfy.messages.filter((message) => message.title === title);
  write(path, FILMS.replace('send: [completion]', 'sned: [completion]'), 50);
  const film = qbittorrent.addTorrent({
    name: 'film.mkv',
    size: 20_000_000,
    rate: 5_000_000,
    category: 'films',
  });
  track(film);
  await until('it is reported', () => sent('Rules file is invalid').length === 1);
  await until('it is announced all the same', () =>
    ntfy.cards(TOPIC).some(({ title }) => title === 'film.mkv: films'),
  );
  write(path, 'rules: [{ name: all, send: [] }]', 40);
  const silent = qbittorrent.addTorrent({
    name: 'silent.mkv',
    size: 8_000_000,
    rate: 5_000_000,
    category: 'films',
  });
  track(silent);
  await until('it is valid again', () => sent('Rules file is valid again').length === 1);
  await until(
    'it is complete',
    () => qbittorrent.torrents().find(({ hash }) => hash === silent)?.progress === 1,
  );
  await until(
    'nothing is tracked',
    () => sidecar.supervisor.getSnapshot().context.registry.records.size === 0,
  );
  // It may have been observed within the second in which the file is not checked again: then its card is deleted.
  await until('nothing is left', () => ntfy.cards().every(({ sequence_id: id }) => !id?.includes(silent)));
  assert.ok(ntfy.messages.every(({ sequence_id: id }) => id !== `qbit-${silent}-done`));
  assert.equal(sent('Rules file is invalid').length, 1);
  assert.doesNotMatch(JSON.stringify(sent('Rules file is invalid')), /planted/);
});

test('an invalid file at the start is reported, and the last valid rules are used', async (t) => {
  const { qbittorrent, ntfy, track } = await startScene(t, 'rules: [{ nam: a }]', { copy: FILMS });
  const sent = (title: string) => ntfy.messages.filter((message) => message.title === title);
  await until('it is reported', () => sent('Rules file is invalid').length === 1);
  assert.match(sent('Rules file is invalid')[0]?.message ?? '', /rules\.yaml:1:11: .*did you mean name\?/);
  track(qbittorrent.addTorrent({ name: 'film.mkv', size: 8_000_000, rate: 5_000_000, category: 'films' }));
  await until('it is announced', () => ntfy.cards(TOPIC).some(({ title }) => title === 'film.mkv: films'));
});

/** The time of day in so many hours, in UTC. */
const timeOf = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);

const quiet = (from: number, to: number) => `\nquiet: { from: "${timeOf(from)}", to: "${timeOf(to)}" }\n`;

test('in quiet hours a completion makes no sound, whatever its rule says; another one does', async (t) => {
  const { path, qbittorrent, ntfy, track } = await startScene(t, FILMS + quiet(-1, 2), {
    env: { TZ: 'UTC' },
  });
  const add = (name: string) =>
    track(qbittorrent.addTorrent({ name, size: 8_000_000, rate: 5_000_000, category: 'films' }));
  const priorityOf = (title: string) => ntfy.messages.find((message) => message.title === title)?.priority;
  add('night.mkv');
  await until('it is announced', () => priorityOf('night.mkv: films') !== undefined);
  assert.equal(priorityOf('night.mkv: films'), 2);
  write(path, FILMS + quiet(2, 4), 50);
  add('day.mkv');
  await until('the other is announced', () => priorityOf('day.mkv: films') !== undefined);
  assert.equal(priorityOf('day.mkv: films'), 5);
});
