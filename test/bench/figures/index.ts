/** All figures, in the order of the page. */
import type { Figure } from '../lib/figure.ts';
import { burst } from './burst.ts';
import { buttons } from './buttons.ts';
import { completion } from './completion.ts';
import { healthcheck } from './healthcheck.ts';
import { hook } from './hook.ts';
import { idle } from './idle.ts';
import { image } from './image.ts';
import { many } from './many.ts';
import { memory } from './memory.ts';
import { messages } from './messages.ts';
import { rules } from './rules.ts';
import { start } from './start.ts';
import { steady } from './steady.ts';
import { stop } from './stop.ts';
import { viewers } from './viewers.ts';

export const figures: readonly Figure[] = [
  idle,
  steady,
  rules,
  burst,
  memory,
  start,
  stop,
  viewers,
  hook,
  completion,
  messages,
  buttons,
  many,
  image,
  healthcheck,
];
