import { readShipped } from '../src/development/shipped.ts';

/**
 * The flags of the image: what works only without them does not work for users of the image. `folder` replaces
 * `/state`, and may not exist yet; nothing else may be written. It may be the beginning of several folders' names.
 */
export function shippedFlags(folder: string): string[] {
  return readShipped().flags.map((flag) =>
    flag === '--allow-fs-write=/state' ? `--allow-fs-write=${folder}*` : flag,
  );
}
