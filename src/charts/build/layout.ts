/** The layout of a chart, computed by ELK. Boxes have the size of their texts. */
import ELK from 'elkjs/lib/elk.bundled.js';
import type { ElkEdgeSection, ElkNode } from 'elkjs/lib/elk.bundled.js';
import { graphOf, idOf, leadsForward } from './graph.ts';
import type { Chart, ChartState, ChartTransition } from './read.ts';
import { isListed } from './rows.ts';

export interface Point {
  x: number;
  y: number;
}

export interface Box extends Point {
  width: number;
  height: number;
}

/** Positions in pixels from the upper left corner. */
export interface Layout {
  width: number;
  height: number;
  /** Parents before their children. */
  states: Array<{ state: ChartState; box: Box }>;
  /** The transitions drawn as arrows, with the positions of their labels. */
  arrows: Array<{ transition: ChartTransition; points: Point[]; label: Box | null }>;
  /** A dot in each compound state, and the arrow from it to the initial child. */
  starts: Array<{ dot: Box; points: Point[] }>;
}

/** Lays out a chart. The same chart always has the same layout. */
export async function layOut(chart: Chart): Promise<Layout> {
  const placed = await new ELK.default().layout(graphOf(chart));
  const nodes = new Map(withDescendants(placed).map((node) => [node.id, node]));
  const edges = new Map(placed.edges?.map((edge) => [edge.id, edge]));
  return {
    width: Math.ceil(placed.width ?? 0),
    height: Math.ceil(placed.height ?? 0),
    states: chart.states.map((state) => ({ state, box: boxOf(found(nodes, idOf.state(state.path))) })),
    arrows: chart.transitions.flatMap((transition, index) => {
      if (isListed(transition)) return [];
      const edge = found(edges, idOf.arrow(index));
      const [label] = edge.labels ?? [];
      const points = leadsForward(chart, transition) ? pointsOf(edge) : pointsOf(edge).toReversed();
      return [{ transition, points, label: label === undefined ? null : boxOf(label) }];
    }),
    starts: chart.states.flatMap(({ path, initial }) => {
      if (initial === null) return [];
      return [{ dot: boxOf(found(nodes, idOf.dot(path))), points: pointsOf(found(edges, idOf.start(path))) }];
    }),
  };
}

function withDescendants(node: ElkNode): ElkNode[] {
  return [node, ...(node.children ?? []).flatMap(withDescendants)];
}

function boxOf({ x = 0, y = 0, width = 0, height = 0 }: Partial<Box>): Box {
  return { x, y, width, height };
}

function pointsOf({ id, sections = [] }: { id: string; sections?: ElkEdgeSection[] }): Point[] {
  const points = sections.flatMap((section) => [
    section.startPoint,
    ...(section.bendPoints ?? []),
    section.endPoint,
  ]);
  if (points.length < 2) throw new Error(`ELK found no path for ${id}`);
  return points;
}

function found<Value>(map: ReadonlyMap<string, Value>, key: string): Value {
  const value = map.get(key);
  if (value === undefined) throw new Error(`ELK placed no ${key}`);
  return value;
}
