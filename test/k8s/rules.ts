/** k8s/base with the rules that its comments describe. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { render } from './kustomize.ts';
import type { Manifest } from './manifest.ts';

const home = join(import.meta.dirname, '..', '..');

function change(path: string, update: (text: string) => string): void {
  const text = readFileSync(path, 'utf8');
  const changed = update(text);
  if (changed === text) throw new Error(`${path} has no such comment`);
  writeFileSync(path, changed);
}

/** Does what the comments say, with rules.example.yaml, in a copy of the folder. */
export async function renderWithRules(): Promise<Manifest[]> {
  const copy = mkdtempSync(join(tmpdir(), 'rules-k8s-'));
  try {
    for (const folder of ['base', 'component'])
      cpSync(join(home, 'k8s', folder), join(copy, folder), { recursive: true });
    cpSync(join(home, 'rules.example.yaml'), join(copy, 'base', 'rules.yaml'));
    change(join(copy, 'base', 'kustomization.yaml'), (text) => {
      const at = text.indexOf('# configMapGenerator:');
      return at < 0 ? text : text.slice(0, at) + text.slice(at).replace(/^# /gm, '');
    });
    change(join(copy, 'component', 'settings.env'), (text) => text.replace('# RULES_FILE=', 'RULES_FILE='));
    return await render(join(copy, 'base'));
  } finally {
    rmSync(copy, { recursive: true });
  }
}
