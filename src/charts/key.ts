import type { AnyTransitionDefinition } from 'xstate';

/**
 * Names a transition on its chart (`data-key`): the path of the state that has it, and its place there. Event, source
 * and target would not do: a machine may have several ways from one state to another. `null` for a transition that
 * no state defines, as the one that starts a machine.
 *
 * @example keyOf(inspectionEvent._transitions[0]) // 'polling.deciding#2'
 */
export function keyOf(transition: AnyTransitionDefinition): string | null {
  const { source } = transition;
  const place = [...source.transitions.values(), source.always ?? []].flat().indexOf(transition);
  return place < 0 ? null : `${source.path.join('.')}#${place}`;
}
