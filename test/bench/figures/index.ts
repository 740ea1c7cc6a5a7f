/** All figures, in the order of the page. */
import type { Figure } from '../lib/figure.ts';
import { completion } from './completion.ts';

export const figures: readonly Figure[] = [completion];
