import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMachine } from 'xstate';
import { draw, machines } from '../../src/charts/build/index.ts';
import { layOut } from '../../src/charts/build/layout.ts';
import type { Box } from '../../src/charts/build/layout.ts';
import { textWidth, wrap } from '../../src/charts/build/measure.ts';
import { readChart } from '../../src/charts/build/read.ts';
import { attribute, parseSvg, withClass } from './svg.ts';

const apart = (a: Box, b: Box): boolean =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

const within = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

for (const [name, machine] of machines) {
  test(`on the chart of the ${name} no boxes overlap, and every state is within its parent`, async () => {
    const { arrows, height, states, width } = await layOut(readChart(machine));
    const page = { x: 0, y: 0, width, height };
    const boxes = new Map(states.map(({ state, box }) => [state.path, box]));
    for (const { state, box } of states)
      assert.ok(within(box, boxes.get(state.parent ?? '') ?? page), state.path);
    const solid = [
      ...states
        .filter(({ state }) => state.kind !== 'compound')
        .map(({ state, box }) => ({ what: state.path, box })),
      ...arrows.flatMap(({ transition, label }) =>
        label === null ? [] : [{ what: transition.label, box: label }],
      ),
    ];
    for (const [index, one] of solid.entries()) {
      assert.ok(within(one.box, page), one.what);
      for (const other of solid.slice(index + 1))
        assert.ok(apart(one.box, other.box), `${one.what} on ${other.what}`);
    }
  });
}

/** The horizontal extent of a text in a drawing, at its widest. */
function extentOf(name: string, text: string, x: number): [number, number] {
  const width = name === 'name' ? textWidth(text, 13, 'bold') : textWidth(text, 11);
  return name === 'label' ? [x - width / 2, x + width / 2] : [x, x + width];
}

test('no text is wider than its box, in the widest common font', async () => {
  for (const [name, machine] of machines) {
    const svg = parseSvg(await draw(machine));
    for (const group of [
      ...withClass(svg, 'state'),
      ...withClass(svg, 'transition'),
      ...withClass(svg, 'machine'),
    ]) {
      const rect = group.children.find((child) => child.name === 'rect');
      if (rect === undefined) continue;
      const [left, width] = [Number(attribute(rect, 'x')), Number(attribute(rect, 'width'))];
      for (const kind of ['name', 'note', 'does', 'label'])
        for (const { attributes, text } of withClass(group, kind)) {
          const [from, to] = extentOf(kind, text, Number(attributes['x']));
          assert.ok(from >= left && to <= left + width, `${name}: ${text}`);
        }
    }
  }
});

describe('a machine with hostile names', () => {
  const bad = `</text><script>alert('1')</script>"&\u0000\\\n${'x'.repeat(50)}`;
  const machine = createMachine({
    id: `"><img src=x>`,
    description: bad,
    initial: 'a',
    states: {
      a: {
        description: bad,
        entry: { type: bad },
        on: {
          [bad]: { target: '#end', guard: { type: bad, params: { bad } }, actions: { type: bad } },
          'x"y': { actions: bad },
        },
      },
      [bad]: { id: 'end', type: 'final', description: bad },
    },
  });

  test('is drawn as text only', async () => {
    const svg = await draw(machine);
    const parsed = parseSvg(svg);
    // oxlint-disable-next-line no-control-regex -- the drawing must contain none
    assert.doesNotMatch(svg, /[\u0000-\u001f'\\]/);
    const names = new Set<string>();
    const walk = (element: typeof parsed): void => {
      names.add(element.name);
      element.children.forEach(walk);
    };
    walk(parsed);
    assert.deepEqual([...names].toSorted(), ['circle', 'desc', 'g', 'path', 'rect', 'svg', 'text', 'title']);
    const [, end] = withClass(parsed, 'state');
    assert.equal(end && attribute(end, 'data-state'), bad.replace('\u0000', '\ufffd'));
  });
});

test('a chart with an unsupported state is refused, not drawn wrongly', async () => {
  const history = createMachine({ initial: 'a', states: { a: {}, b: { type: 'history' } } });
  await assert.rejects(draw(history), /no picture for a history state/);
});

test('a parallel state has no start, and each of its states is a region with its own start', async () => {
  const region = { initial: 'x', states: { x: {} } };
  const svg = parseSvg(await draw(createMachine({ type: 'parallel', states: { a: region, b: region } })));
  assert.equal(withClass(svg, 'start').length, 2);
  assert.deepEqual(
    withClass(svg, 'region').map((state) => attribute(state, 'data-state')),
    ['a', 'b'],
  );
});

test('labels on a chart use the terms of statecharts', () => {
  const machine = createMachine({
    initial: 'a',
    states: {
      a: {
        invoke: { id: 'job', src: 'job', onDone: 'b', onError: { guard: 'again', target: 'b' } },
        after: { 50: 'b', pause: 'b' },
        always: [{ guard: { type: 'is', params: { what: 'b' } }, target: 'b' }, { target: 'c' }],
      },
      b: { on: { 'xstate.done.actor.*': 'a' } },
      c: {
        entry: 'greet',
        exit: 'part',
        on: { knock: { actions: ['open', 'nod'] }, reset: { target: 'c', reenter: true } },
      },
    },
  });
  const { states, transitions } = readChart(machine);
  assert.deepEqual(
    transitions.map(({ label }) => label),
    [
      'done job',
      'error job [again]',
      'after 50 ms',
      'after pause',
      '[b]',
      '[else]',
      'done *',
      'knock',
      'reset',
    ],
  );
  assert.deepEqual(
    states.map(({ does }) => does),
    [[], ['runs job'], [], ['entry / greet', 'exit / part']],
  );
  assert.deepEqual(transitions.map(({ reenters }) => reenters).filter(Boolean), [true]);
});

test('a long description is wrapped between words', () => {
  assert.deepEqual(wrap('one two three', 1000, 11), ['one two three']);
  assert.deepEqual(wrap('one two three', 60, 11), ['one two', 'three']);
  assert.deepEqual(wrap('onelongword two', 10, 11), ['onelongword', 'two']);
});
