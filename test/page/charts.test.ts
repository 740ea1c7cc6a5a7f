import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findShownActor } from '../../src/page/actors.ts';
import type { Observation } from '../../machines/domain.ts';
import { decideRouting } from '../../machines/routing/matching.ts';
import type { Rules } from '../../machines/routing/rules.ts';
import type { Rule } from '../../machines/routing/types.ts';
import { hashOf, shardOf, SECOND } from '../machines/fixtures.ts';
import { createTestRules } from '../support/rules.ts';
import { startWorld } from '../support/world.ts';
import { following, startScene, startSimulatedScene, take } from './setup.ts';

/** Names and values of the fields, as markup. */
const fieldsIn = (markup: string): string[][] =>
  [...markup.matchAll(/<dt>(.*?)<\/dt><dd><bdi>(.*?)<\/bdi><\/dd>/g)].map(([, ...field]) => field);

const rulesOf = (list: readonly Rule[]): Rules => ({
  ...createTestRules().rules,
  route: (fields) => decideRouting(list, fields),
});

describe('an open chart', () => {
  test('is sent whole, then with the steps of its actor, to its viewers only', async (t) => {
    const { world, board, pass } = startSimulatedScene(t, await following(2));
    const viewer = board.join(findShownActor(hashOf(1), world.supervisor), '');
    const plain = board.join(null, '');
    const body = (await take(viewer)).get('chart-body') ?? '';
    assert.match(body, /data-state="polling\.downloading"/);
    assert.match(body, /<svg /);
    assert.match(body, /torrent 1/);
    await take(plain);

    world.set(hashOf(1), { phase: 'complete', progress: 1 });
    await pass(20 * SECOND);
    const next = await take(viewer);
    const states = /data-trail="([^"]*)"/.exec(next.get('chart-now') ?? '')?.[1]?.replaceAll('&quot;', '"');
    assert.deepEqual(
      (JSON.parse(states ?? '[]') as unknown[][]).map(([, state]) => state),
      ['notifying.completion', 'notifying.cardDeletion', 'complete'],
    );
    assert.match(next.get('chart-now') ?? '', /Stopped\. Last state: <strong>complete</);
    assert.match(
      next.get('chart-log') ?? '',
      /<\/time> <b>notification\.settled.*notifying\.cardDeletion → complete/,
    );
    assert.ok(![...(await take(plain)).keys()].some((id) => id.startsWith('chart')));
  });

  test('shows category, tags, tracker, path and privacy, also when they change', async (t) => {
    const { world, board, pass } = startSimulatedScene(t, await following(1));
    const viewer = board.join(findShownActor(hashOf(0), world.supervisor), '');
    const body = (await take(viewer)).get('chart-body') ?? '';
    assert.match(body, /<dl id="chart-fields"/);
    assert.deepEqual(fieldsIn(body), [], 'none is known');
    const film = { category: 'films/4k', tags: ['a c', 'b'], tracker: 'tracker.example', path: '/films' };
    world.set(hashOf(0), { ...film, private: false });
    await pass(5 * SECOND);
    const next = await take(viewer);
    assert.deepEqual(fieldsIn(next.get('chart-fields') ?? ''), [
      ['Category', 'films/4k'],
      ['Tags', 'a c, b'],
      ['Tracker', 'tracker.example'],
      ['Save path', '/films'],
      ['Private', 'no'],
    ]);
  });

  test('shows which rule applies, why, and what it sends', async (t) => {
    const films: Rule = {
      name: 'films',
      conditions: { category: [(category) => category === 'films'], size: (bytes) => bytes > 0 },
      send: new Set(['completion']),
      route: 'a1b2',
      priority: {},
    };
    const others: Rule = { ...films, name: 'others', conditions: {}, send: new Set() };
    const shownWith = async (rules: readonly Rule[], seen: Partial<Observation>) => {
      const world = startWorld({ rules: rulesOf(rules) });
      world.set(hashOf(0), { progress: 0.1, ...seen });
      world.track(hashOf(0));
      await world.pass(10 * SECOND);
      const scene = startScene(t, world);
      const viewer = scene.board.join(findShownActor(hashOf(0), world.supervisor), '');
      const fields = fieldsIn((await take(viewer)).get('chart-body') ?? '');
      return fields.filter(([name]) => name === 'Rule' || name === 'Sends').map(([, text]) => text);
    };
    const film = { category: 'films' };
    assert.deepEqual(await shownWith([films, others], film), ['films (by size, category)', 'completion']);
    assert.deepEqual(await shownWith([films, others], {}), ['others (it matches every torrent)', 'nothing']);
    const alike = 'progress, completion, alerts';
    assert.deepEqual(await shownWith([films], {}), ['no rule matches', alike]);
    assert.deepEqual(await shownWith([films], { ...film, phase: 'metadata', size: 0 }), [
      'no rule matches; not decided before the metadata',
      'alerts',
    ]);
  });

  test('cuts a long category, and none can reverse the text around it or contain markup', async (t) => {
    const { world, board, pass } = startSimulatedScene(t, await following(1));
    world.set(hashOf(0), { category: `<b>gpj.\u202Eexe${'x'.repeat(990)}`, tags: ['</dl><script>'] });
    await pass(5 * SECOND);
    const viewer = board.join(findShownActor(hashOf(0), world.supervisor), '');
    const [[, category = ''] = [], [, tags] = []] = fieldsIn((await take(viewer)).get('chart-body') ?? '');
    assert.match(category, /^&lt;b&gt;gpj\. exex+…$/);
    assert.ok(category.length < 320);
    assert.equal(tags, '&lt;/dl&gt;&lt;script&gt;');
  });

  test('exists for each actor by its name, and for nothing else', async (t) => {
    const { world, board } = startSimulatedScene(t, await following(1));
    const names = [
      'supervisor',
      'session',
      'watcher',
      'outbox',
      'incident',
      'discovery',
      'hookInstaller',
      shardOf(hashOf(0)),
      hashOf(0),
    ];
    for (const name of names) {
      const viewer = board.join(findShownActor(name, world.supervisor), '');
      const body = (await take(viewer)).get('chart-body') ?? '';
      assert.match(body, /Now <strong>\w/, name);
      viewer?.leave();
    }
    const strange = [
      '',
      'store',
      'publish.0',
      '__proto__',
      'constructor',
      'shard.0',
      'shard.0g',
      'shard.',
      '<b>',
      'x'.repeat(40),
    ];
    for (const name of strange) assert.equal(findShownActor(name, world.supervisor), null, name);
    const missing = board.join(findShownActor(hashOf(9), world.supervisor), '');
    assert.match((await take(missing)).get('chart-body') ?? '', /This actor is not running/);
  });

  test('lists earlier steps since the first viewer connected', async (t) => {
    const { world, board, pass } = startSimulatedScene(t, await following(1));
    await take(board.join(null, ''));
    world.set(hashOf(0), { progress: 0.6 });
    await pass(5 * SECOND);
    const body =
      (await take(board.join(findShownActor(hashOf(0), world.supervisor), ''))).get('chart-body') ?? '';
    assert.match(body, /torrent\.observed.*polling\.downloading → notifying\.progress\.waiting/);
  });
});
