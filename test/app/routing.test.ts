/** Rules in a whole sidecar: topics, reloading, and what is left when they are gone. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { RulesReport } from '../../machines/incident/notices.ts';
import { DEFAULT_ROUTE, DEFAULT_ROUTING } from '../../machines/routing/types.ts';
import type { Rule } from '../../machines/routing/types.ts';
import type { Sidecar } from '../../src/app/start.ts';
import { createRouting } from '../../src/app/routing.ts';
import type { CompiledRules, RuntimeRouting } from '../../src/app/routing.ts';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { until } from '../servers/wait.ts';
import { startSidecar } from '../support/sidecar.ts';

const TOPIC = 'planted-topic-of-films';

const films: Rule = {
  name: 'films',
  conditions: { name: [(name) => name.startsWith('film')] },
  send: new Set(['progress', 'completion', 'alerts']),
  route: 'a1b2',
  priority: { completion: 5 },
};

const compiled = (rules: readonly Rule[]): CompiledRules => ({
  rules,
  topics: new Map(rules.map(({ route }) => [route, TOPIC])),
  styles: new Map([['films', { completion: { tags: ['popcorn'] } }]]),
  topicSettings: new Map(rules.map(({ route }) => [route, { digestFrom: 2, progress: 'cards' }])),
  withoutDigest: new Set(rules.map(({ name }) => name)),
});

/** Rules that a test replaces. */
function createSource(rules: readonly Rule[] = [films]) {
  const source = { current: compiled(rules) };
  const bugs: unknown[] = [];
  const routing = createRouting({
    current: () => source.current,
    decide: (rules, { name }) => {
      const rule = rules.find(({ conditions }) => conditions.name?.some((matches) => matches(name ?? '')));
      if (rule === undefined) return DEFAULT_ROUTING;
      return { ...DEFAULT_ROUTING, ...rule, rule: rule.name };
    },
    fix: ({ torrent }, style) => ({
      title: 'A film',
      message: torrent.name ?? '',
      tags: [...(style?.tags ?? [])],
      priority: 5,
    }),
    onBug: (error) => bugs.push(error),
  });
  return { source, bugs, routing };
}

async function startScene(dir: string) {
  await using stack = new AsyncDisposableStack();
  const qbittorrent = stack.use(await startQbittorrentSimulator());
  const ntfy = stack.use(await startNtfySimulator());
  const log: string[] = [];
  const running = new Set<Sidecar>();
  // A failed test must not leave one that keeps the process alive.
  stack.defer(async () => void (await Promise.all([...running].map((sidecar) => sidecar.stop()))));
  const start = async (routing?: RuntimeRouting) => {
    const sidecar = await startSidecar(
      {
        QBIT_HOST: qbittorrent.url,
        QBIT_USER: qbittorrent.username,
        QBIT_PASS: qbittorrent.password,
        NTFY_TOPIC: `${ntfy.url}/downloads`,
        STATE_DIR: dir,
        INSTANCE_NAME: 'qbit',
      },
      log,
      {},
      routing === undefined ? {} : { routing },
    );
    running.add(sidecar);
    return sidecar;
  };
  const stop = (sidecar: Sidecar) => {
    running.delete(sidecar);
    return sidecar.stop();
  };
  const owned = stack.move();
  return { qbittorrent, ntfy, log, start, stop, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

test('a film is on its own topic, which nothing but ntfy sees; without the rule its card is deleted there', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'routing-'));
  t.after(() => rmSync(dir, { recursive: true }));
  await using scene = await startScene(dir);
  const { qbittorrent, ntfy, log, start, stop } = scene;
  const { routing } = createSource();
  const sidecar = await start(routing);
  const shown: string[] = [];
  sidecar.supervisor.system.inspect((event) => {
    // What an inspector shows: no references of the actor system.
    shown.push(textOf({ ...event, actorRef: null }));
  });
  const hash = qbittorrent.addTorrent({
    name: 'film',
    size: 50_000_000,
    script: [{ phase: 'downloading', to: 0.5 }, { phase: 'stalled' }],
  });
  sidecar.supervisor.send({ type: 'torrents.track', hashes: [hash] });
  await until('the card is there', () => ntfy.cards(TOPIC).length === 1);
  assert.deepEqual(ntfy.cards('downloads'), []);
  const pages = await Promise.all(
    ['status', 'metrics', ''].map(async (path) =>
      (await fetch(`http://127.0.0.1:${sidecar.ops.port}/${path}`)).text(),
    ),
  );
  await stop(sidecar);
  for (const text of [...pages, ...log, ...shown]) assert.equal(text.includes(TOPIC), false);
  assert.ok(shown.some((text) => text.includes('a1b2')));

  const next = await start();
  await until('the card moved', () => ntfy.cards('downloads').length === 1);
  await until('it is deleted', () => ntfy.cards(TOPIC).length === 0);
  await stop(next);
});

/** Everything that is reachable from a value, except functions, actors and machines, as text. */
function textOf(value: unknown): string {
  const seen = new WeakSet();
  return (
    JSON.stringify(value, (_, part: unknown) => {
      if (typeof part !== 'object' || part === null) return part;
      if (seen.has(part) || 'sessionId' in part || 'implementations' in part) return null;
      seen.add(part);
      return part instanceof Map || part instanceof Set ? [...(part as Iterable<unknown>)] : part;
    }) ?? ''
  );
}

test('a completion is fixed with the style of its rule, and sent to its topic with its priority', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'routing-'));
  t.after(() => rmSync(dir, { recursive: true }));
  await using scene = await startScene(dir);
  const { qbittorrent, ntfy, start, stop } = scene;
  const sidecar = await start(createSource().routing);
  const hash = qbittorrent.addTorrent({ name: 'film', size: 4_000_000, rate: 2_000_000 });
  // A scan would not find it if it is complete by then.
  sidecar.supervisor.send({ type: 'torrents.track', hashes: [hash] });
  const [completion] = await until('it is complete', () => {
    const found = ntfy.messages.filter(({ title }) => title === 'A film');
    return found.length > 0 && found;
  });
  assert.deepEqual(
    [completion?.topic, completion?.message, completion?.priority, completion?.tags],
    [TOPIC, 'film', 5, ['popcorn']],
  );
  await stop(sidecar);
});

describe('the rules', () => {
  test('have another version when, and only when, another set is in force', () => {
    const { source, routing } = createSource();
    const { rules } = routing;
    const first = rules.version();
    assert.equal(rules.check(), first);
    source.current = compiled([]);
    assert.equal(rules.version(), first, 'the file is not checked for that');
    assert.equal(rules.check(), first + 1);
    assert.equal(rules.version(), first + 1);
    assert.equal(routing.topicOf('a1b2'), undefined);
  });

  test('have the settings of their topics, and know which rules are not grouped', () => {
    const { source, routing } = createSource();
    const { rules } = routing;
    assert.deepEqual(rules.topic('a1b2'), { digestFrom: 2, progress: 'cards' });
    assert.deepEqual([rules.topic(DEFAULT_ROUTE), rules.topic('gone')], [{}, {}]);
    assert.deepEqual(['films', 'other', null].map(rules.isGrouped), [false, true, true]);
    source.current = compiled([]);
    rules.check();
    assert.deepEqual([rules.topic('a1b2'), rules.isGrouped('films')], [{}, true]);
  });

  test('report their state at once, and each change', () => {
    const { source, routing } = createSource();
    const reports: RulesReport[] = [];
    routing.rejected('line 3');
    routing.connect((report) => reports.push(report));
    source.current = compiled([]);
    routing.changed();
    assert.deepEqual(reports, [
      { type: 'rules.rejected', problem: 'line 3' },
      { type: 'rules.loaded', routes: [] },
    ]);
  });

  test('never throw while a completion is rendered: it is rendered when it is sent', () => {
    const bugs: unknown[] = [];
    const routing = createRouting({
      current: () => compiled([films]),
      decide: () => DEFAULT_ROUTING,
      fix: () => {
        throw new Error('a bug');
      },
      onBug: (error) => bugs.push(error),
    });
    const completion = { kind: 'completion', key: 'a', torrent: {} as never, at: 0 } as const;
    assert.equal(routing.rules.fix(completion, DEFAULT_ROUTING), null);
    assert.equal(bugs.length, 1);
  });
});
