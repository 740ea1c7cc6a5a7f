/** Draws a chart's layout as SVG, without style and script: `../style.ts` styles its classes. */
import type { Box, Layout, Point } from './layout.ts';
import { arrow } from './lines.ts';
import type { Chart, ChartState, ChartTransition } from './read.ts';
import { actionsIn, labelLines, notesOf } from './rows.ts';
import { HEAD, LINE, PAD } from './sizes.ts';
import { element, round, textElement } from './xml.ts';

/** Arrows are drawn first, so that they do not cover the names of states. */
export function drawChart(chart: Chart, { width, height, states, arrows, starts }: Layout): string {
  const id = `chart-${chart.name}`;
  const attributes = {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    class: 'chart',
    role: 'img',
    'aria-labelledby': `${id}-title ${id}-desc`,
    xmlns: 'http://www.w3.org/2000/svg',
  };
  return element('svg', attributes, [
    textElement('title', { id: `${id}-title` }, `Statechart: ${chart.name}`),
    textElement('desc', { id: `${id}-desc` }, summaryOf(chart)),
    ...starts.map(({ dot, points }) => drawStart(dot, points)),
    ...arrows.map(({ transition, points, label }) =>
      drawTransition(transition, [...arrow(points), ...(label === null ? [] : drawLabel(transition, label))]),
    ),
    ...states.map(({ state, box }) => drawState(chart, state, box)),
  ]);
}

/** The description for screen readers: the machine and its states. */
function summaryOf({ states: [root, ...states] }: Chart): string {
  const names = states.map(({ path, kind }) => (kind === 'final' ? `${path} (final)` : path));
  return [root?.description ?? '', `Its states: ${names.join(', ')}.`].join(' ').trim();
}

function drawState(chart: Chart, state: ChartState, box: Box): string {
  const { description, kind, name, parent, path } = state;
  const [x, y] = [round(box.x), round(box.y)];
  const rows = [...notesOf(state), ...actionsIn(chart, state)];
  const attributes =
    parent === null
      ? { class: 'machine' }
      : { class: `state ${kind}${isRegion(chart, state) ? ' region' : ''}`, 'data-state': path };
  const title = description === null ? [] : [textElement('title', {}, description)];
  const inner = kind === 'final' ? [frame(box, 3)] : [];
  return element('g', attributes, [
    ...title,
    frame(box, 0),
    ...inner,
    textElement('text', { class: 'name', x: x + PAD, y: y + 18 }, name),
    ...rows.map(({ text, kind, transition }, index) => {
      const row = textElement('text', { class: kind, x: x + PAD, y: y + HEAD + index * LINE + 9 }, text);
      return transition === null ? row : drawTransition(transition, [row]);
    }),
  ]);
}

/** Whether it is one of the states that a parallel state is in at once. */
function isRegion({ states }: Chart, { parent }: ChartState): boolean {
  return states.some(({ path, kind, initial }) => path === parent && kind === 'compound' && initial === null);
}

function frame({ x, y, width, height }: Box, inset: number): string {
  return element('rect', {
    x: round(x + inset),
    y: round(y + inset),
    width: round(width - 2 * inset),
    height: round(height - 2 * inset),
    rx: 8 - inset,
  });
}

function drawTransition(transition: ChartTransition, children: string[]): string {
  const { event, from, to, key } = transition;
  const data = Object.entries({ event, from, to, key }).map(([name, value]) => [`data-${name}`, value]);
  const attributes: Record<string, string> = Object.fromEntries(data);
  return element('g', { class: 'transition', ...attributes }, [
    textElement('title', {}, explain(transition)),
    ...children,
  ]);
}

/** The tooltip of a transition, with its actions. */
function explain({ label, actions, description, from, to }: ChartTransition): string {
  const path = from === to ? '' : `${from || 'any state'} → ${to}: `;
  const doing = actions.length === 0 ? '' : ` / ${actions.join(', ')}`;
  return `${path}${label || 'always'}${doing}${description === null ? '' : `. ${description}`}`;
}

function drawStart(dot: Box, points: readonly Point[]): string {
  const r = dot.width / 2;
  const circle = element('circle', { cx: round(dot.x + r), cy: round(dot.y + r), r });
  return element('g', { class: 'start' }, [circle, ...arrow(points)]);
}

function drawLabel(transition: ChartTransition, { x, y, width, height }: Box): string[] {
  const halo = { class: 'halo', x: round(x), y: round(y), width: round(width), height: round(height), rx: 3 };
  const lines = labelLines(transition).map((line, index) =>
    textElement('text', { class: 'label', x: round(x + width / 2), y: round(y + index * LINE + 12) }, line),
  );
  return [element('rect', halo), ...lines];
}
