/** Rules files for the tests of the commands. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

export const folder = mkdtempSync(join(tmpdir(), 'rules-'));
after(() => rmSync(folder, { recursive: true, force: true }));

export function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

export const valid = fileOf(
  'valid.yaml',
  `
rules:
  - name: cross-seed
    match: { category: "cross-seed*" }
    send: []
  - name: large films
    match: { category: films, size: ">= 10 GB" }
    topic: planted-films
    send: [completion]
    completion: { priority: 5, tags: [popcorn], title: "{{name}}" }
  - name: by hand
    match: { tag: notify, private: true }
    progress: { buttons: [mute, pause] }
    alerts: { buttons: [] }
`,
);
export const invalid = fileOf('invalid.yaml', 'rules:\n  - name: a\n    topic: planted/a\n    sned: []\n');
