import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The path that the documented block serves. */
export const PATH = '/qbit-ntfy/';

/** The nginx block of docs/page.md, in front of the sidecar at this port. */
export function documentedBlock(port: number): string {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'page.md'), 'utf8');
  const [, block = ''] = /^```nginx\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const changed = block.replace('127.0.0.1:9091', `127.0.0.1:${port}`);
  if (changed === block || !block.startsWith(`location ${PATH} {`))
    throw new Error('docs/page.md has no such block');
  return changed;
}
