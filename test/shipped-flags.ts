import assert from 'node:assert/strict';
import { readShipped } from './bench/lib/shipped.ts';

const STATE = '--allow-fs-write=/state';

/**
 * The flags of the image, read from the Dockerfile: what works only without them does not work for whoever runs the
 * image. `folder` stands in the place of `/state`, and may not be there yet; nothing else may be written.
 */
export function shippedFlags(folder: string): string[] {
  const { flags } = readShipped();
  assert.ok(
    flags.includes('--permission') && flags.includes(STATE),
    `the image has other flags: ${flags.join(' ')}`,
  );
  return flags.map((flag) => (flag === STATE ? `--allow-fs-write=${folder}*` : flag));
}
