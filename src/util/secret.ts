import { inspect } from 'node:util';

/** A value that never prints itself: strings, JSON and `util.inspect` all show `***`. */
export interface Secret {
  /** The value. Of a secret that came from a file it is what the file holds now, so a rotation is picked up. */
  readonly reveal: () => string;
  readonly toString: () => string;
  readonly toJSON: () => string;
  readonly [inspect.custom]: () => string;
}

const hidden = (): string => '***';

/**
 * Wraps a value, or a way to read its newest one, so that it can't slip into a log, an error or a snapshot.
 * The value lives in a closure: it is no property of the object.
 *
 * @example secret('hunter2').reveal()
 */
export function secret(value: string | (() => string)): Secret {
  const reveal = typeof value === 'string' ? () => value : value;
  return Object.freeze({ reveal, toString: hidden, toJSON: hidden, [inspect.custom]: hidden });
}
