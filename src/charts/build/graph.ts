/** Converts a chart to a graph for ELK: https://eclipse.dev/elk/reference.html */
import type { ElkExtendedEdge, ElkNode, LayoutOptions } from 'elkjs/lib/elk.bundled.js';
import { blockWidth, textWidth } from './measure.ts';
import type { Chart, ChartState, ChartTransition } from './read.ts';
import { actionsIn, isListed, labelLines, notesOf } from './rows.ts';
import { FONT, FOOT, HEAD, LINE, PAD } from './sizes.ts';

const options: LayoutOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.randomSeed': '1',
  'elk.spacing.nodeNode': '24',
  'elk.spacing.edgeNode': '16',
  'elk.spacing.edgeEdge': '12',
  'elk.spacing.edgeLabel': '4',
  'elk.layered.spacing.nodeNodeBetweenLayers': '24',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  // Orders nodes of a layer by `elk.position`. (ELK's "model order" fails on nested graphs.)
  'elk.layered.crossingMinimization.semiInteractive': 'true',
};

/** Diameter of the dot that marks the initial state. */
const DOT = 10;
/** Up to this number, rows are above the children of a compound state; more are beside them. */
const MAX_ROWS_ABOVE = 4;

/** IDs of the graph's elements. */
export const idOf = {
  state: (path: string): string => `state ${path}`,
  dot: (path: string): string => `dot ${path}`,
  start: (path: string): string => `start ${path}`,
  arrow: (index: number): string => `arrow ${index}`,
};

/**
 * Whether a transition leads to a state that is defined later. The others are reversed for ELK, so that the graph has no
 * cycles and the chart runs down in the order of the machine's definition.
 */
export function leadsForward({ states }: Chart, { from, to }: ChartTransition): boolean {
  const order = (path: string) => states.findIndex((state) => state.path === path);
  return order(from) < order(to);
}

export function graphOf(chart: Chart): ElkNode {
  const starts = chart.states.flatMap(({ path, initial }): ElkExtendedEdge[] =>
    initial === null
      ? []
      : [{ id: idOf.start(path), sources: [idOf.dot(path)], targets: [idOf.state(initial)] }],
  );
  const arrows = chart.transitions.flatMap((transition, index): ElkExtendedEdge[] =>
    isListed(transition) ? [] : [arrowOf(chart, transition, idOf.arrow(index))],
  );
  return {
    id: 'chart',
    layoutOptions: { ...options, 'elk.padding': '[top=4,left=4,bottom=4,right=4]' },
    children: childrenOf(chart, null),
    edges: [...starts, ...arrows],
  };
}

function childrenOf(chart: Chart, parent: string | null): ElkNode[] {
  return chart.states.filter((state) => state.parent === parent).map((state) => nodeOf(chart, state));
}

function nodeOf(chart: Chart, state: ChartState): ElkNode {
  const id = idOf.state(state.path);
  const size = sizeOf(chart, state);
  const place = chart.states.indexOf(state);
  const position = positionOf(place);
  if (state.kind !== 'compound') return { id, ...size, layoutOptions: position };
  const dot = { id: idOf.dot(state.path), width: DOT, height: DOT, layoutOptions: positionOf(place + 0.5) };
  return {
    id,
    layoutOptions: {
      ...options,
      ...position,
      'elk.padding': paddingOf(chart, state),
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      // ELK lays out from left to right and rotates the result, except this option: it is height, width.
      'elk.nodeSize.minimum': `(${size.height},${size.width})`,
    },
    children: [...(state.initial === null ? [] : [dot]), ...childrenOf(chart, state.path)],
  };
}

/** Only the order of these numbers matters. */
function positionOf(place: number): LayoutOptions {
  return { 'elk.position': `(${place * 1000},${place * 1000})` };
}

/** The size that the texts of a state need. */
function sizeOf(chart: Chart, state: ChartState): { width: number; height: number } {
  const rows = [...notesOf(state), ...actionsIn(chart, state)].map(({ text }) => text);
  const width = Math.max(textWidth(state.name, FONT.name, 'bold'), blockWidth(rows, FONT.small));
  return {
    width: width + 2 * PAD,
    height: HEAD + rows.length * LINE + (rows.length === 0 ? 0 : FOOT),
  };
}

function paddingOf(chart: Chart, state: ChartState): string {
  const actions = actionsIn(chart, state).map(({ text }) => text);
  const isBeside = actions.length > MAX_ROWS_ABOVE;
  const above = notesOf(state).length + (isBeside ? 0 : actions.length);
  const left = isBeside ? blockWidth(actions, FONT.small) + 3 * PAD : 16;
  return `[top=${HEAD + above * LINE + 12},left=${left},bottom=16,right=16]`;
}

function arrowOf(chart: Chart, transition: ChartTransition, id: string): ElkExtendedEdge {
  const { from, to } = transition;
  const [source, target] = leadsForward(chart, transition) ? [from, to] : [to, from];
  const edge = { id, sources: [idOf.state(source)], targets: [idOf.state(target)] };
  const lines = labelLines(transition);
  if (lines.length === 0) return edge;
  const label = { width: blockWidth(lines, FONT.small) + 8, height: lines.length * LINE + 2 };
  const layoutOptions = { 'elk.edgeLabels.inline': 'true' };
  return { ...edge, labels: [{ ...label, text: lines.join(' '), layoutOptions }] };
}
