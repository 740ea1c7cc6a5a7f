import { base } from './base.ts';
import { board } from './board.ts';
import { chart } from './chart.ts';
import { history } from './history.ts';
import { preview } from './preview.ts';
import { speeds } from './speeds.ts';

/** The page's stylesheet. */
export const styles = base + board + speeds + preview + chart + history;
