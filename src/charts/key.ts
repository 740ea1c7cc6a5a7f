import type { AnyTransitionDefinition } from 'xstate';

/**
 * The ID of a transition on its chart (`data-key`): the path of its state and its index there. Event, source and target
 * are not unique: there can be several transitions between two states. `null` for a transition that no state defines,
 * such as the initial one of a machine.
 *
 * @example keyOf(inspectionEvent._transitions[0]) // 'polling.deciding#2'
 */
export function keyOf(transition: AnyTransitionDefinition): string | null {
  const { source } = transition;
  const index = [...source.transitions.values(), source.always ?? []].flat().indexOf(transition);
  return index < 0 ? null : `${source.path.join('.')}#${index}`;
}
