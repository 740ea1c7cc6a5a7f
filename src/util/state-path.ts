import type { StateValue } from 'xstate';

/** `{ polling: 'downloading' }` as `polling.downloading`. */
export function pathOf(value: StateValue): string {
  if (typeof value === 'string') return value;
  return Object.entries(value)
    .map(([parent, child]) => (child === undefined ? parent : `${parent}.${pathOf(child)}`))
    .join(' ');
}
