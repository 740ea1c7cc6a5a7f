/** `buttons` in a rules file. */
import * as z from 'zod';
import { BUTTON_NAMES } from '../../../machines/routing/types.ts';
import type { ButtonName } from '../../../machines/routing/types.ts';
import { findNearest } from '../nearest.ts';

/** What ntfy shows on a notification. */
const MAX_BUTTONS = 3;

const IN_LIST = 'must be a list, like [pause, mute]';

/** The button of a completion. It sends no command. */
export const COMPLETION_BUTTONS = ['open'] as const satisfies readonly ButtonName[];

/** The buttons of progress and alerts. */
export const TORRENT_BUTTONS = BUTTON_NAMES.filter((name) => name !== 'open');

/** A list of buttons; `[]`: none. */
export function buttonsOf<Name extends ButtonName>(names: readonly Name[]) {
  const oneOf = `must be one of ${names.join(', ')}`;
  const button = z.enum(names, {
    error: ({ input }) => {
      const nearest = typeof input === 'string' ? findNearest(input.toLowerCase(), names) : undefined;
      return nearest === undefined ? oneOf : `${oneOf}; did you mean ${nearest}?`;
    },
  });
  return z
    .array(button, IN_LIST)
    .max(MAX_BUTTONS, `must have at most ${MAX_BUTTONS} buttons`)
    .refine((list) => new Set(list).size === list.length, 'must have each button once')
    .optional()
    .describe(
      `The buttons, in their order; an empty list: none. At most ${MAX_BUTTONS} of ${names.join(', ')}. Only with COMMAND_TOPIC.`,
    );
}
