/** The shape of manifests by Kubernetes' own schema: missing fields, wrong types, and unknown fields. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as monitoring from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import * as admission from 'kubernetes-models/admissionregistration.k8s.io/v1';
import * as apps from 'kubernetes-models/apps/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as core from 'kubernetes-models/v1';
import { titleOf } from './manifest.ts';
import type { Manifest } from './manifest.ts';

const home = join(import.meta.dirname, '..', '..');

const modules: Record<string, { path: string; models: object }> = {
  v1: { path: 'kubernetes-models/v1', models: core },
  'apps/v1': { path: 'kubernetes-models/apps/v1', models: apps },
  'networking.k8s.io/v1': { path: 'kubernetes-models/networking.k8s.io/v1', models: networking },
  'admissionregistration.k8s.io/v1': {
    path: 'kubernetes-models/admissionregistration.k8s.io/v1',
    models: admission,
  },
  'monitoring.coreos.com/v1': {
    path: '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1',
    models: monitoring,
  },
};

type Model = new (manifest: Manifest) => { validate(): void };

/** Required fields and types. Unknown fields are accepted here. */
export function shapeFaults(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap((manifest) => {
    const models = modules[manifest.apiVersion]?.models as Record<string, Model> | undefined;
    const Known = models?.[manifest.kind];
    if (Known === undefined) return [`${manifest.apiVersion} has no ${manifest.kind}`];
    try {
      new Known(manifest).validate();
      return [];
    } catch (error) {
      return [`${titleOf(manifest)}: ${String(error)}`];
    }
  });
}

/**
 * Fields that the schema does not have: the types of the same package are used, so the compiler checks each document as
 * a literal. One run for all of them; results in their order.
 */
export async function unknownFields(documents: readonly (readonly Manifest[])[]): Promise<string[][]> {
  const cache = join(home, '.cache'); // below the packages, which the compiler has to find
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'manifests-'));
  try {
    for (const [index, manifests] of documents.entries()) {
      writeFileSync(join(folder, `${index}.ts`), manifests.map(literal).join('\n'));
    }
    const config = {
      extends: join(home, 'tsconfig.json'),
      compilerOptions: { types: [] },
      include: ['*.ts'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const lines = (await compile(folder)).split('\n');
    return documents.map((_, index) => lines.filter((line) => line.includes(`/${index}.ts(`)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function literal(manifest: Manifest, index: number): string {
  const path = modules[manifest.apiVersion]?.path;
  const type = `import('${path}').I${manifest.kind}`;
  return `export const d${index}: ${type} = ${JSON.stringify(manifest)};`;
}

function compile(folder: string): Promise<string> {
  const tsc = join(home, 'node_modules', 'typescript', 'bin', 'tsc');
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [tsc, '--pretty', 'false', '-p', folder], (error, stdout, stderr) => {
      if (error === null || stdout.includes('error TS')) resolve(stdout);
      else reject(new Error(`tsc: ${stdout}${stderr}`));
    });
  });
}
