/** A rules file in Kubernetes: a folder with an optional ConfigMap, in every form of the sidecar. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { always, faultsOf } from './checks/index.ts';
import { environmentOf } from './checks/environment.ts';
import { kubernetesTest, render } from './kustomize.ts';
import { ofKind, sidecars } from './manifest.ts';
import { renderWithRules } from './rules.ts';
import { shapeFaults, unknownFields } from './schema.ts';

const FOLDERS = ['k8s/base', 'k8s/classic', 'test/k8s/overlays/own', 'test/k8s/overlays/vpn'];

for (const folder of FOLDERS) {
  kubernetesTest(`${folder} mounts a folder for rules, and starts without the ConfigMap`, async () => {
    const manifests = await render(folder);
    const places = sidecars(manifests);
    assert.ok(places.length > 0);
    for (const { pod, container } of places) {
      const volume = pod.volumes?.find(({ name }) => name === 'qbit-ntfy-rules');
      assert.deepEqual(volume?.configMap, { name: 'qbit-ntfy-rules', optional: true });
      const mounts = (container.volumeMounts ?? []).filter(({ name }) => name === 'qbit-ntfy-rules');
      assert.deepEqual(mounts, [{ name: 'qbit-ntfy-rules', mountPath: '/rules', readOnly: true }]);
      assert.equal(environmentOf(container, manifests)['RULES_FILE'], undefined);
    }
  });
}

kubernetesTest('what the comments of k8s/base describe makes valid manifests with valid rules', async () => {
  const manifests = await renderWithRules();
  assert.deepEqual(faultsOf(manifests, [...always, 'order', 'rollout']), {});
  assert.deepEqual(shapeFaults(manifests), []);
  assert.deepEqual(await unknownFields([manifests]), [[]]);
  const [place] = sidecars(manifests);
  assert.ok(place);
  assert.equal(environmentOf(place.container, manifests)['RULES_FILE'], '/rules/rules.yaml');
  const map = ofKind(manifests, 'ConfigMap').find(({ metadata }) => metadata.name === 'qbit-ntfy-rules');
  const example = readFileSync(join(import.meta.dirname, '../../rules.example.yaml'), 'utf8');
  assert.equal(map?.data?.['rules.yaml'], example);
});

kubernetesTest('a changed file changes nothing but its ConfigMap: the pod is not replaced', async () => {
  const [without, withRules] = [await render('k8s/base'), await renderWithRules()];
  const podOf = (manifests: typeof without) => {
    const [place] = sidecars(manifests);
    // The settings have a hash in their name, so that a changed setting replaces the pod.
    return JSON.stringify(place?.pod).replace(/"qbit-ntfy-[a-z0-9]{10}"/g, '"qbit-ntfy"');
  };
  assert.equal(podOf(withRules), podOf(without));
});
