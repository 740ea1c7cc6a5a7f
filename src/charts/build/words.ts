/** How events, guards and actions are called on a chart. */
import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';

/** What starts a transition, in words: `after pause`, `done observe`. Empty for one that needs no event. */
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
 * A guard by its name and the parameters that are written beside it: `isAt completing`, `latest and hasCard`. Where
 * the parameter is the target's name it says enough: `[moving]` at the way to `moving`.
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

/** Names of actions; what XState does by itself (an inline `assign`, the timer of an `after`) has none. */
export function actionsOf(actions: readonly Action[]): string[] {
  return actions.map(actionText).filter((name) => name !== '' && !name.startsWith('xstate.'));
}

/** A row for what happens on the way in or out. */
export function deedOf(when: 'entry' | 'exit', actions: AnyStateNode['entry']): string[] {
  const names = actionsOf(actions);
  return names.length === 0 ? [] : [`${when} / ${names.join(', ')}`];
}

function actionText(action: Action): string {
  if (typeof action === 'string') return action;
  if (typeof action === 'function') return 'type' in action ? String(action.type) : action.name;
  return [action.type, ...valuesOf(action.params)].join(' ');
}

/** Plain values only: parameters that are made from the event have no text. */
function valuesOf(params: unknown): string[] {
  if (typeof params !== 'object' || params === null) return [];
  return Object.values(params).filter((value) => typeof value === 'string');
}
