import { inspect } from 'node:util';

/** A value that is never printed: as string, in JSON and by `util.inspect` it is `***`. */
export interface Secret {
  /** The value. A secret from a file is read again, so that a rotated one is used. */
  readonly reveal: () => string;
  readonly toString: () => string;
  readonly toJSON: () => string;
  readonly [inspect.custom]: () => string;
}

const hidden = (): string => '***';

/**
 * Wraps a value, or a function that reads it, so that it cannot get into a log, an error or a snapshot.
 * The value is in a closure, not in a property.
 *
 * @example secret('hunter2').reveal()
 */
export function secret(value: string | (() => string)): Secret {
  const reveal = typeof value === 'string' ? () => value : value;
  return Object.freeze({ reveal, toString: hidden, toJSON: hidden, [inspect.custom]: hidden });
}
