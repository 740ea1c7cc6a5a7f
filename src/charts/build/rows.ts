/** The rows in a state's box, and the labels of arrows. */
import { wrap } from './measure.ts';
import type { Chart, ChartState, ChartTransition } from './read.ts';
import { FONT } from './sizes.ts';

/** A row in a box; a transition without a target has its row in its state. */
export interface Row {
  text: string;
  kind: 'note' | 'does';
  transition: ChartTransition | null;
}

/** Maximum width of a description, in pixels. */
const MAX_NOTE_WIDTH = { atomic: 180, final: 180, compound: 380 } as const;

/** Transitions without another target are listed in the box: twenty loops around it would hide it. */
export const isListed = ({ from, to }: ChartTransition): boolean => from === to;

/** The description of a state, in lines. */
export function notesOf({ description, kind }: ChartState): Row[] {
  const lines = description === null ? [] : wrap(description, MAX_NOTE_WIDTH[kind], FONT.small);
  return lines.map((text) => ({ text, kind: 'note', transition: null }));
}

/** The actions of a state, and its transitions without another target. */
export function actionsIn({ transitions }: Chart, { path, does }: ChartState): Row[] {
  const reactions = transitions.filter((transition) => transition.from === path && isListed(transition));
  return [
    ...does.map((text): Row => ({ text, kind: 'does', transition: null })),
    ...reactions.map((transition): Row => ({ text: reactionText(transition), kind: 'does', transition })),
  ];
}

/** As in UML: `event [guard] / action, action`. */
function reactionText({ label, actions, reenters }: ChartTransition): string {
  const text = actions.length === 0 ? label : `${label} / ${actions.join(', ')}`;
  return reenters ? `${text} ↻` : text;
}

/** A long label is broken before its guard. */
export function labelLines({ label }: ChartTransition): string[] {
  if (label.length <= 20) return label === '' ? [] : [label];
  return label.split(/ (?=\[)/);
}
