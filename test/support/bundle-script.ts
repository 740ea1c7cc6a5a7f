/** Scripts of tests that are started as processes, each bundled as one file. */
import { join } from 'node:path';
import { build } from 'rolldown';
import { temporaryFolder } from '../servers/processes.ts';

/**
 * Bundles a TypeScript file, and returns the path of the result, which is deleted with the process. From the sources it
 * would take a second of CPU time until it starts under the flags of the image: types are removed without an optimizing
 * compiler.
 */
export async function bundleScript(script: string): Promise<string> {
  const file = join(temporaryFolder('script'), 'script.mjs');
  await build({ input: script, platform: 'node', logLevel: 'warn', output: { file, codeSplitting: false } });
  return file;
}
