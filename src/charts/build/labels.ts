/** The labels of events, guards and actions on a chart. */
import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';

/** The event of a transition, such as `after pause` or `done observe`; empty for an eventless transition. */
export function eventText(type: string): string {
  const [, kind, rest = ''] =
    /^xstate\.(done\.actor|error\.actor|done\.state|after)\.(.*)$/s.exec(type) ?? [];
  switch (kind) {
    case 'done.actor':
      return `done ${rest}`;
    case 'error.actor':
      return `error ${rest}`;
    case 'done.state':
      return 'done';
    case 'after':
      // `xstate.after.<delay>.<id of the state>`
      return `after ${/^\d/.test(rest) ? `${rest.split('.')[0]} ms` : rest.split('.')[0]}`;
    case undefined:
    default:
      return type;
  }
}

type Guard = NonNullable<AnyTransitionDefinition['guard']>;

/**
 * A guard with its parameters: `isAt completing`, `latest and hasCard`. If the target's name is a parameter, the
 * parameters are enough: `[moving]` for the transition to `moving`.
 */
export function guardText(guard: Guard, target: string): string {
  if (typeof guard === 'string') return guard;
  if (typeof guard === 'object') {
    const values = valuesOf(guard.params);
    return values.includes(target) ? values.join(' ') : [guard.type, ...values].join(' ');
  }
  // `and`, `or` and `not` of XState.
  if ('guards' in guard && Array.isArray(guard.guards)) {
    const parts: string[] = guard.guards.map((part: Guard) => guardText(part, target));
    return guard.name === 'not' ? `not ${parts.join()}` : parts.join(` ${guard.name} `);
  }
  return guard.name;
}

type Action = AnyTransitionDefinition['actions'][number];

/** The names of actions, without XState's own (an inline `assign`, the timer of an `after`). */
export function actionsOf(actions: readonly Action[]): string[] {
  return actions.map(actionText).filter((name) => name !== '' && !name.startsWith('xstate.'));
}

/** A row for entry or exit actions. */
export function actionRow(when: 'entry' | 'exit', actions: AnyStateNode['entry']): string[] {
  const names = actionsOf(actions);
  return names.length === 0 ? [] : [`${when} / ${names.join(', ')}`];
}

function actionText(action: Action): string {
  if (typeof action === 'string') return action;
  if (typeof action === 'function') return 'type' in action ? String(action.type) : action.name;
  return [action.type, ...valuesOf(action.params)].join(' ');
}

/** Strings only: parameters that are computed from the event have no text. */
function valuesOf(params: unknown): string[] {
  if (typeof params !== 'object' || params === null) return [];
  return Object.values(params).filter((value) => typeof value === 'string');
}
