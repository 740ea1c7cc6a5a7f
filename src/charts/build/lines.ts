/** Lines with rounded corners and an arrow head. */
import type { Point } from './layout.ts';
import { element, round } from './xml.ts';

const HEAD = { length: 7, width: 8 } as const;
const CORNER = 6;

/** Two paths: the line and its head. Not a `marker`: it would not take the colour of a highlighted line. */
export function arrow(points: readonly Point[]): string[] {
  const [end, before] = [points.at(-1), points.at(-2)];
  if (end === undefined || before === undefined) throw new Error('a line has two ends');
  const neck = along(end, before, HEAD.length);
  // Perpendicular to the line, half as long as the head is wide.
  const scale = HEAD.width / 2 / HEAD.length;
  const side = { x: (neck.y - end.y) * scale, y: (end.x - neck.x) * scale };
  const wings = [
    { x: neck.x + side.x, y: neck.y + side.y },
    { x: neck.x - side.x, y: neck.y - side.y },
  ];
  const head = `M${[end, ...wings].map(pair).join('L')}Z`;
  return [
    element('path', { class: 'line', d: rounded([...points.slice(0, -1), neck]) }),
    element('path', { class: 'head', d: head }),
  ];
}

function rounded(points: readonly Point[]): string {
  return points
    .map((point, index) => {
      const [before, after] = [points[index - 1], points[index + 1]];
      if (before === undefined) return `M${pair(point)}`;
      if (after === undefined) return `L${pair(point)}`;
      const [from, to] = [before, after].map((other) =>
        along(point, other, Math.min(CORNER, distance(point, other) / 2)),
      ) as [Point, Point];
      return `L${pair(from)}Q${pair(point)} ${pair(to)}`;
    })
    .join('');
}

/** The point at a distance from one point in the direction of another. */
function along(from: Point, to: Point, length: number): Point {
  const part = length / (distance(from, to) || 1);
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

const distance = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y);

const pair = ({ x, y }: Point): string => `${round(x)} ${round(y)}`;
