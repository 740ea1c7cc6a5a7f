import { formatSize } from '../../format/figures.ts';
import type { FormatOptions } from '../../format/options.ts';
import type { Points } from '../speeds.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

/** Units of the drawing: the distance of two points, and the height of a line. */
const STEP = 2;
const HEIGHT = 20;
/** Space for half of the stroke. */
const MARGIN = 1;

/** Points that are further apart are not connected: torrents that wait are polled every 30 s. */
const MAX_DISTANCE = 3;

/** The element of a torrent's line. */
export const lineId = (key: string): string => `l-${key}`;

/** Speeds as a line, from 0 to the highest one; nothing before there are two of them. */
export function speedLine(points: Points, format: FormatOptions): Html | '' {
  return drawn(points, 'Total speed', format, '');
}

/** The line of a torrent. It is the last child of its row, and also sent without it. */
export const torrentLine = (key: string, points: Points, format: FormatOptions): Html | '' =>
  drawn(points, 'Speed', format, html`id="${lineId(key)}" data-in="t-${key}"`);

function drawn(points: Points, what: string, format: FormatOptions, attributes: Html | ''): Html | '' {
  const speeds = points.filter((speed) => speed !== null);
  const highest = Math.max(0, ...speeds);
  if (speeds.length < 2 || highest === 0) return '';
  const text = `${what} in the last 10 minutes: highest ${formatSize(highest, format)}/s`;
  const width = (points.length - 1) * STEP + 2 * MARGIN;
  return html`<svg
    class="speeds"
    ${attributes}
    viewBox="0 0 ${width} ${HEIGHT}"
    role="img"
    aria-label="${text}"
  >
    <path d="${pathOf(points, highest)}" />
  </svg>`;
}

/**
 * The path through the points, as short as possible: it is sent again for each interval.
 *
 * @param highest what is drawn at the top
 */
export function pathOf(points: Points, highest: number): string {
  let path = '';
  let last: { index: number; y: number } | null = null;
  /** The length of a horizontal line that is not drawn yet. */
  let flat = 0;
  const drawFlat = () => {
    if (flat > 0) path += `h${flat}`;
    flat = 0;
  };
  for (const [index, speed] of points.entries()) {
    if (speed === null) continue;
    const y = HEIGHT - MARGIN - Math.round((speed / highest) * (HEIGHT - 2 * MARGIN));
    if (last === null || index - last.index > MAX_DISTANCE) {
      drawFlat();
      // A point without neighbours is a dot.
      path += `M${MARGIN + index * STEP} ${y}h0`;
    } else if (y === last.y) flat += (index - last.index) * STEP;
    else {
      drawFlat();
      const rise = y - last.y;
      path += `l${(index - last.index) * STEP}${rise < 0 ? '' : ' '}${rise}`;
    }
    last = { index, y };
  }
  drawFlat();
  return path;
}
