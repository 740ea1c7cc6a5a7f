/** `buttons` in a rules file. */
import * as z from 'zod';
import { BUTTON_NAMES } from '../../../machines/remote/actions.ts';
import { findNearest } from '../nearest.ts';

/** What ntfy shows on a notification. */
const MAX_BUTTONS = 3;

const ONE_OF = `must be one of ${BUTTON_NAMES.join(', ')}`;

const button = z.enum(BUTTON_NAMES, {
  error: ({ input }) => {
    const nearest = typeof input === 'string' ? findNearest(input.toLowerCase(), BUTTON_NAMES) : undefined;
    return nearest === undefined ? ONE_OF : `${ONE_OF}; did you mean ${nearest}?`;
  },
});

/** The buttons of a kind of notifications. */
export const buttons = z
  .array(button, 'must be a list, like [pause, mute]')
  .max(MAX_BUTTONS, `must have at most ${MAX_BUTTONS} buttons`)
  .refine((list) => new Set(list).size === list.length, 'must have each button once')
  .optional()
  .describe(
    'The buttons, in their order, instead of the usual ones; an empty list: none. Only with COMMAND_TOPIC.',
  );
