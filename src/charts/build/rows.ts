/** What stands in a state's box below its name, and what stands at an arrow. */
import { wrap } from './measure.ts';
import type { Chart, ChartState, ChartTransition } from './read.ts';
import { FONT } from './sizes.ts';

/** A line in a box; one that is a reaction of the state belongs to its transition. */
export interface Row {
  text: string;
  kind: 'note' | 'does';
  transition: ChartTransition | null;
}

/** Widest lines of a description, in pixels. */
const NOTE = { atomic: 180, final: 180, compound: 380 } as const;

/** A reaction that leads nowhere else is listed in its state: twenty loops around a box would hide it. */
export const isListed = ({ from, to }: ChartTransition): boolean => from === to;

/** The description of a state, in lines. */
export function notesOf({ description, kind }: ChartState): Row[] {
  const lines = description === null ? [] : wrap(description, NOTE[kind], FONT.small);
  return lines.map((text) => ({ text, kind: 'note', transition: null }));
}

/** What a state does by itself, and how it reacts without being left. */
export function deedsOf({ transitions }: Chart, { path, does }: ChartState): Row[] {
  const reactions = transitions.filter((transition) => transition.from === path && isListed(transition));
  return [
    ...does.map((text): Row => ({ text, kind: 'does', transition: null })),
    ...reactions.map((transition): Row => ({ text: reactionText(transition), kind: 'does', transition })),
  ];
}

/** As in UML: `event [guard] / action, action`. */
function reactionText({ label, actions, again }: ChartTransition): string {
  const text = actions.length === 0 ? label : `${label} / ${actions.join(', ')}`;
  return again ? `${text} ↻` : text;
}

/** A long label is broken before its guard. */
export function labelLines({ label }: ChartTransition): string[] {
  if (label.length <= 20) return label === '' ? [] : [label];
  return label.split(/ (?=\[)/);
}
