/** Each check finds its fault: manifests with one fault each, and the design document's own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checks } from './checks/index.ts';
import type { Check } from './checks/index.ts';
import { faults, planted } from './faults.ts';
import { kubernetesTest, read } from './kustomize.ts';
import { workloads } from './manifest.ts';
import { rulesFaults } from './rules-faults.ts';
import { shapeFaults, unknownFields } from './schema.ts';

for (const [title, { plant, check, text }] of Object.entries({ ...faults, ...rulesFaults })) {
  kubernetesTest(`a planted fault is found: ${title}`, async () => {
    const found = checks[check](await planted(plant));
    assert.equal(found.length > 0, true);
    assert.match(found.join('\n'), new RegExp(text, 'm'));
  });
}

test('every check has a planted fault', () => {
  const checked = new Set(Object.values(faults).map(({ check }) => check));
  assert.deepEqual([...checked].toSorted(), Object.keys(checks).toSorted());
});

kubernetesTest('the schema check finds a field that is missing or of a wrong type', async () => {
  const faulty = [
    await planted(({ workload }) => delete workload.spec.selector),
    await planted(({ sidecar }) => Object.assign(sidecar.ports?.[0] ?? {}, { containerPort: '9091' })),
    await planted(({ pod }) => Object.assign(pod, { containers: undefined })),
    [{ apiVersion: 'v1', kind: 'Sidecar', metadata: { name: 'x' } }],
  ];
  for (const manifests of faulty) assert.equal(shapeFaults(manifests).length, 1);
});

kubernetesTest('a field that Kubernetes does not have is found at any depth', async () => {
  const faulty = [
    await planted(({ workload }) => Object.assign(workload, { specs: {} })),
    await planted(({ pod }) => Object.assign(pod, { restart: 'Always' })),
    await planted(({ sidecar }) => Object.assign(sidecar, { securitycontext: {} })),
    await planted(({ sidecar }) => Object.assign(sidecar.startupProbe?.httpGet ?? {}, { url: '/livez' })),
  ];
  const found = await unknownFields([...faulty, await planted(() => {})]);
  for (const [index, field] of ['specs', 'restart', 'securitycontext', 'url'].entries()) {
    assert.match(found[index]?.join('\n') ?? '', new RegExp(`"?${field}"?.* does not exist in type`));
  }
  assert.deepEqual(found.at(-1), []);
});

test("the design document's own manifest is refused, for each applicable reason", () => {
  const manifests = read('test/k8s/fixtures/seed-design.yaml');
  assert.equal(workloads(manifests).length, 1);
  assert.match(shapeFaults(manifests).join('\n'), /selector/);
  const found = (check: Check) => checks[check](manifests).join('\n');
  assert.match(found('selectors'), /has no selector/);
  assert.match(found('references'), /mounts config, which is no volume/);
  assert.match(found('references'), /mounts downloads, which is no volume/);
  assert.match(found('references'), /Secret qbittorrent-secrets that is not there/);
  assert.match(found('images'), /linuxserver\/qbittorrent:latest has no version/);
  assert.match(found('images'), /qbit-ntfy-sidecar:latest has no version/);
  assert.match(found('images'), /ntfy-sidecar is always pulled/);
  assert.match(found('rollout'), /has no `Recreate`/);
  assert.match(found('order'), /no native one/);
  assert.match(found('probes'), /no startupProbe/);
  assert.match(found('restricted'), /may run as root/);
});
