import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { faultsOf, always } from './checks/index.ts';
import type { Check } from './checks/index.ts';
import { kubernetesTest, read, render } from './kustomize.ts';
import { containersOf, isSidecar, ofKind, workloads } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { shapeFaults, unknownFields } from './schema.ts';

const home = join(import.meta.dirname, '..', '..');

/** What is rendered, and its additional checks. Components need foreign manifests. */
const folders: Record<string, readonly Check[]> = {
  'k8s/base': ['order', 'rollout'],
  'k8s/classic': ['plain', 'rollout'],
  'k8s/policy': [],
  'k8s/monitoring': [],
  'test/k8s/overlays/own': ['order'],
  'test/k8s/overlays/vpn': ['order'],
  'test/k8s/overlays/claim': ['order', 'rollout'],
};

/** Checks that apply only to the pods of the base. */
async function withPods(folder: string): Promise<Manifest[]> {
  const manifests = await render(folder);
  return folder === 'k8s/monitoring' ? [...manifests, ...(await render('k8s/base'))] : manifests;
}

/** Foreign pods without a sidecar are not checked. */
const withoutForeignPods = (manifests: readonly Manifest[]): Manifest[] =>
  manifests.filter(({ metadata }) => metadata.name !== 'other');

for (const [folder, more] of Object.entries(folders)) {
  if (folder === 'k8s/policy') continue; // its pods are in policy.test.ts
  kubernetesTest(`${folder} renders to manifests that pass the checks`, async () => {
    const manifests = withoutForeignPods(await withPods(folder));
    assert.deepEqual(faultsOf(manifests, [...always, ...more]), {});
  });
}

kubernetesTest(
  'every rendered manifest is valid in the schema of Kubernetes 1.36, without an unknown field',
  async () => {
    const documents = await Promise.all(Object.keys(folders).map((folder) => render(folder)));
    documents.push(read('k8s/examples/network-policy.yaml'));
    assert.ok(documents.flat().length > 20);
    assert.deepEqual(documents.flatMap(shapeFaults), []);
    assert.deepEqual((await unknownFields(documents)).flat(), []);
  },
);

test('a test renders every folder of k8s/', () => {
  const used = new Set(Object.keys(folders).flatMap(reachable));
  const there = globSync('k8s/*/kustomization.yaml', { cwd: home }).map((file) => join(file, '..'));
  assert.ok(there.length > 5);
  assert.deepEqual(
    there.filter((folder) => !used.has(folder)),
    [],
  );
});

/** A folder and the folders that it includes. */
function reachable(folder: string): string[] {
  const { resources = [], components = [] } = parse(
    readFileSync(join(home, folder, 'kustomization.yaml'), 'utf8'),
  ) as { resources?: string[]; components?: string[] };
  const parts = [...resources, ...components].filter((part) => !part.endsWith('.yaml'));
  return [folder, ...parts.flatMap((part) => reachable(join(folder, part)))];
}

kubernetesTest(
  'the component is added to Deployments and StatefulSets with the label, and to no others',
  async () => {
    const found = workloads(await render('test/k8s/overlays/own')).map(({ kind, metadata, spec }) => [
      kind,
      metadata.name,
      containersOf(spec.template.spec).map(({ name }) => name),
    ]);
    assert.deepEqual(found, [
      ['Deployment', 'other', ['main']],
      ['Deployment', 'torrents', ['qbit-ntfy', 'main']],
      ['StatefulSet', 'seedbox', ['qbit-ntfy', 'permissions', 'main']],
    ]);
  },
);

kubernetesTest('the component does not change other fields', async () => {
  const before = workloads(read('test/k8s/overlays/own/workloads.yaml'));
  const after = workloads(await render('test/k8s/overlays/own'));
  for (const own of before) {
    const made = after.find(({ kind, metadata }) => kind === own.kind && metadata.name === own.metadata.name);
    assert.ok(made);
    const { initContainers = [], volumes = [], ...rest } = made.spec.template.spec;
    const kept = initContainers.filter((container) => !isSidecar(container));
    const still = volumes.filter(({ name }) => !name.startsWith('qbit-ntfy'));
    assert.deepEqual(
      {
        ...rest,
        ...(kept.length > 0 ? { initContainers: kept } : {}),
        ...(still.length > 0 ? { volumes: still } : {}),
      },
      own.spec.template.spec,
    );
  }
});

kubernetesTest(
  'in a VPN the sidecar comes after gluetun: it ends while the tunnel is still open',
  async () => {
    const found = workloads(await render('test/k8s/overlays/vpn')).map(({ spec }) =>
      containersOf(spec.template.spec).map(({ name }) => name),
    );
    assert.deepEqual(found, [['gluetun', 'qbit-ntfy', 'main']]);
  },
);

kubernetesTest(
  'the classic form is the base with the sidecar as a second container, without other differences',
  async () => {
    const [base, classic] = [await render('k8s/base'), await render('k8s/classic')];
    for (const { spec } of workloads(base)) {
      const pod = spec.template.spec;
      const [sidecar] = pod.initContainers ?? [];
      assert.ok(sidecar);
      delete sidecar.restartPolicy;
      pod.containers.push(sidecar);
      delete pod.initContainers;
    }
    assert.deepEqual(classic, base);
  },
);

kubernetesTest('the state can have a separate volume', async () => {
  const manifests = await render('test/k8s/overlays/claim');
  const claims = ofKind(manifests, 'PersistentVolumeClaim').map(({ metadata }) => metadata.name);
  const state = workloads(manifests)
    .flatMap(({ spec }) => spec.template.spec.volumes ?? [])
    .find(({ name }) => name === 'qbit-ntfy-state');
  assert.deepEqual(state, {
    name: 'qbit-ntfy-state',
    persistentVolumeClaim: { claimName: 'qbit-ntfy-state' },
  });
  assert.ok(claims.includes('qbit-ntfy-state'));
});

test('the version of an image is in one place of each folder', () => {
  for (const folder of globSync('k8s/*/', { cwd: home })) {
    const files = globSync(`${folder}/*.yaml`, { cwd: home });
    const versions = files.flatMap(
      (file) => readFileSync(join(home, file), 'utf8').match(/\b\d+\.\d+\.\d+\b/g) ?? [],
    );
    assert.deepEqual(versions, [...new Set(versions)], folder);
  }
});
