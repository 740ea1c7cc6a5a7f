/** The manifests as kubectl renders them: the real one, from Debian's packages. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { installBundle } from '../debian/install.ts';
import type { Installed } from '../debian/install.ts';
import { startOf } from '../debian/start.ts';
import type { Manifest } from './manifest.ts';

const home = join(import.meta.dirname, '..', '..');

/** Unpacks kubectl, and `ip` for a network namespace, once. */
export function installKubernetesTools(): Promise<Installed> {
  return installBundle({ name: 'kubernetes', suite: 'forky', packages: ['kubectl', 'iproute2'] });
}

/** How one of them is started. Throws where it is not available. */
export async function kubernetesTool(name: 'kubectl' | 'ip'): Promise<{ command: string; args: string[] }> {
  const installed = await installKubernetesTools();
  if (!installed.ok) throw new Error(installed.reason);
  return startOf(installed.root, name);
}

/** A test that needs them: skipped with the reason where they are not available, failed there with `CI=true`. */
export function kubernetesTest(title: string, body: (t: TestContext) => Promise<void>): void {
  void test(title, async (t) => {
    const installed = await installKubernetesTools();
    if (installed.ok) return body(t);
    if (process.env['CI'] === 'true') throw new Error(`CI needs kubectl: ${installed.reason}`);
    t.skip(installed.reason);
  });
}

const rendered = new Map<string, Promise<Manifest[]>>();

/** `kubectl kustomize <folder>`, with a path from the project root or an absolute one. Each caller may change its result. */
export async function render(folder: string): Promise<Manifest[]> {
  const running = rendered.get(folder) ?? kustomize(folder);
  rendered.set(folder, running);
  return structuredClone(await running);
}

async function kustomize(folder: string): Promise<Manifest[]> {
  const { command, args } = await kubernetesTool('kubectl');
  return new Promise((fulfil, reject) => {
    execFile(command, [...args, 'kustomize', resolve(home, folder)], (error, stdout, stderr) => {
      if (error === null) fulfil(parse(stdout));
      else reject(new Error(`kubectl kustomize ${folder}: ${stderr}`));
    });
  });
}

/** The manifests of an unchanged file. */
export function read(file: string): Manifest[] {
  return parse(readFileSync(join(home, file), 'utf8'));
}

/** Parses YAML as Kubernetes does: 1.1, in which `0444` is octal. */
function parse(text: string): Manifest[] {
  return parseAllDocuments(text, { version: '1.1' }).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS() as Manifest;
  });
}
