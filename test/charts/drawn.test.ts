import assert from 'node:assert/strict';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { AnyStateNode } from 'xstate';
import { charts, keyOf } from '../../src/charts/index.ts';
import { filesOfCharts, machines } from '../../src/charts/build/index.ts';
import { attribute, parseSvg, withClass } from './svg.ts';

const home = join(import.meta.dirname, '..', '..');
const files = await filesOfCharts();

describe('the drawings', () => {
  test('match the current machines', () => {
    for (const [path, content] of files) {
      assert.ok(
        readFileSync(join(home, path), 'utf8') === content,
        `${path} shows an old machine; draw it anew with: npx node src/charts/write.ts`,
      );
    }
    const pictures = readdirSync(join(home, 'docs', 'charts')).map((name) => `docs/charts/${name}`);
    assert.deepEqual(
      pictures.toSorted(),
      [...files.keys()].filter((path) => path.endsWith('.svg')).toSorted(),
    );
  });

  test('include every machine', () => {
    const sources = globSync('machines/**/*.ts', { cwd: home }).map((path) =>
      readFileSync(join(home, path), 'utf8'),
    );
    const written = sources.flatMap((source) =>
      [...source.matchAll(/createMachine\(\{\s*id: '(\w+)'/g)].map(([, id = '']) => id),
    );
    assert.deepEqual(Object.keys(charts).toSorted(), written.toSorted());
  });

  test('have at most 190 KB together, and at most 200 lines a file', () => {
    assert.ok(Buffer.byteLength(Object.values(charts).join('')) < 190_000);
    assert.ok((files.get('src/charts/drawn.ts') ?? '').split('\n').length < 200);
  });

  test('contain no style, no script and no link', () => {
    for (const svg of Object.values(charts)) {
      assert.doesNotMatch(svg, /style|script|href|url\(|foreignObject|\son\w+=/i);
      assert.deepEqual(svg.match(/https?:[^"]*/g), ['http://www.w3.org/2000/svg']);
    }
  });
});

const nodesOf = (node: AnyStateNode): AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap(nodesOf),
];

for (const [name, { root }] of machines) {
  const svg = parseSvg((charts as Record<string, string>)[name] ?? '');
  const nodes = nodesOf(root);

  describe(`the chart of the ${name}`, () => {
    test('has every state once', () => {
      const drawn = withClass(svg, 'state').map((state) => attribute(state, 'data-state'));
      const states = nodes.filter(({ parent }) => parent !== undefined).map(({ path }) => path.join('.'));
      assert.ok(states.length > 0);
      assert.deepEqual(drawn.toSorted(), states.toSorted());
    });

    test('has every transition once, as an arrow or as a row in its state', () => {
      const drawn = withClass(svg, 'transition');
      const keys = ['data-event', 'data-from', 'data-to', 'data-key'];
      const transitions = nodes.flatMap((node) => [...node.transitions.values(), node.always ?? []].flat());
      assert.deepEqual(
        drawn.map((one) => keys.map((key) => attribute(one, key)).join(' | ')).toSorted(),
        transitions
          .map((one) => {
            const [source, target] = [one.source, one.target?.[0] ?? one.source].map(({ path }) =>
              path.join('.'),
            );
            return [one.eventType, source, target, keyOf(one)].join(' | ');
          })
          .toSorted(),
      );
      assert.equal(new Set(drawn.map((one) => attribute(one, 'data-key'))).size, transitions.length);
      for (const one of drawn) {
        const isArrow = attribute(one, 'data-from') !== attribute(one, 'data-to');
        assert.equal(withClass(one, 'line').length, Number(isArrow));
        assert.equal(withClass(one, 'head').length, Number(isArrow));
        assert.ok(isArrow || one.children.some(({ name, text }) => name === 'text' && text !== ''));
      }
    });

    test('has a dot at the start of each compound state, and a double border around each final state', () => {
      const compound = nodes.filter(({ type }) => type === 'compound');
      assert.equal(withClass(svg, 'start').length, compound.length);
      for (const state of withClass(svg, 'state')) {
        const node = nodes.find(({ path }) => path.join('.') === attribute(state, 'data-state'));
        const frames = state.children.filter(({ name }) => name === 'rect').length;
        assert.equal(frames, node?.type === 'final' ? 2 : 1);
      }
    });

    test('is described in text for screen readers', () => {
      const [title, desc] = svg.children;
      assert.equal(attribute(svg, 'role'), 'img');
      const ids = [title, desc].map((element) => element && attribute(element, 'id'));
      assert.equal(attribute(svg, 'aria-labelledby'), ids.join(' '));
      assert.equal(title?.text, `Statechart: ${name}`);
      assert.ok(root.description !== undefined && desc?.text.startsWith(root.description));
      for (const { path, parent } of nodes)
        assert.ok(parent === undefined || desc?.text.includes(path.join('.')));
    });
  });
}
