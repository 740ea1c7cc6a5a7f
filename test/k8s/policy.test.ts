import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admit, evaluate } from './admission.ts';
import type { Pod } from './admission.ts';
import { always, faultsOf } from './checks/index.ts';
import { kubernetesTest, read, render } from './kustomize.ts';
import { ofKind, workloads } from './manifest.ts';
import type { Manifest, PodSpec, Workload } from './manifest.ts';
import { shapeFaults, unknownFields } from './schema.ts';

const LABEL = { 'qbit-ntfy/inject': 'true' };
const POLICY = 'k8s/policy';

/** The pods of a user's own workloads, at their creation. */
const podsOf = (manifests: readonly Manifest[], labels: Record<string, string>): Pod[] =>
  workloads(manifests)
    .filter(({ metadata }) => metadata.name !== 'other')
    .map(({ spec }) => ({ metadata: { labels }, spec: spec.template.spec }));

/** A pod's settings are in a ConfigMap whose name may end with a hash; its volumes have no order. */
function comparable(spec: PodSpec): PodSpec {
  const text = JSON.stringify(spec).replace(/"(qbit-ntfy)-[a-z0-9]{10}"/g, '"$1"');
  const { volumes = [], ...rest } = JSON.parse(text) as PodSpec;
  return { ...rest, volumes: volumes.toSorted((a, b) => a.name.localeCompare(b.name)) };
}

kubernetesTest(
  'a labelled pod is changed to the one that the component renders, field by field (emulation)',
  async () => {
    const policy = await render(POLICY);
    const [before, after] = [
      read('test/k8s/overlays/own/workloads.yaml'),
      await render('test/k8s/overlays/own'),
    ];
    const injected = podsOf(before, LABEL).map((pod) => comparable(admit(policy, pod).spec));
    const rendered = podsOf(after, {}).map(({ spec }) => comparable(spec));
    assert.equal(injected.length, 2);
    // The component puts it first, the policy last: both before qBittorrent.
    const [, seedbox] = rendered;
    seedbox?.initContainers?.reverse();
    assert.deepEqual(injected, rendered);
  },
);

kubernetesTest(
  'in a VPN it is changed to the one that component-vpn renders, after gluetun (emulation)',
  async () => {
    const policy = await render(POLICY);
    const [before] = podsOf(read('test/k8s/overlays/vpn/deployment.yaml'), LABEL);
    const [after] = podsOf(await render('test/k8s/overlays/vpn'), {});
    assert.ok(before && after);
    assert.deepEqual(comparable(admit(policy, before).spec), comparable(after.spec));
  },
);

kubernetesTest('the changed pod passes every check of a rendered one', async () => {
  const policy = await render(POLICY);
  const manifests = read('test/k8s/overlays/own/workloads.yaml').filter(
    ({ metadata }) => metadata.name !== 'other',
  );
  for (const workload of manifests as Workload[]) {
    workload.spec.template.spec = admit(policy, {
      metadata: { labels: LABEL },
      spec: workload.spec.template.spec,
    }).spec;
  }
  const all = [...manifests, ...policy];
  assert.deepEqual(faultsOf(all, [...always, 'order']), {});
  assert.deepEqual(shapeFaults(all), []);
  assert.deepEqual(await unknownFields([all]), [[]]);
});

kubernetesTest(
  'without the label, without the ConfigMap or with an existing sidecar, a pod is not changed',
  async () => {
    const policy = await render(POLICY);
    const [pod] = podsOf(read('test/k8s/overlays/own/workloads.yaml'), LABEL);
    assert.ok(pod);
    const injected = admit(policy, pod);
    assert.notDeepEqual(injected, pod);
    const unlabelled = { ...pod, metadata: { labels: { 'qbit-ntfy/inject': 'false' } } };
    assert.deepEqual(admit(policy, unlabelled), unlabelled);
    assert.deepEqual(admit(policy, injected), injected);
    assert.deepEqual(
      admit(
        policy.filter(({ kind }) => kind !== 'ConfigMap'),
        pod,
      ),
      pod,
    );
  },
);

kubernetesTest(
  "the policy patches by JSON, only when pods are created, and never prevents a pod's start",
  async () => {
    const [policy] = ofKind<Manifest & { spec: Record<string, unknown> }>(
      await render(POLICY),
      'MutatingAdmissionPolicy',
    );
    const { failurePolicy, matchConstraints, mutations } = policy?.spec ?? {};
    assert.equal(failurePolicy, 'Ignore');
    assert.deepEqual((matchConstraints as { resourceRules: unknown }).resourceRules, [
      { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
    ]);
    // The API server refuses an ApplyConfiguration with lists like `envFrom`.
    assert.deepEqual(
      (mutations as { patchType: string }[]).map((mutation) => [
        mutation.patchType,
        Object.keys(mutation).toSorted(),
      ]),
      [
        ['JSONPatch', ['jsonPatch', 'patchType']],
        ['JSONPatch', ['jsonPatch', 'patchType']],
      ],
    );
  },
);

const settings = async (folder: string) => ofKind(await render(folder), 'ConfigMap')[0]?.data;

kubernetesTest('the policy and the component have the same settings', async () => {
  const { image, ...ofPolicy } = (await settings(POLICY)) ?? {};
  assert.match(image ?? '', /^qbit-ntfy-sidecar:/);
  assert.deepEqual(ofPolicy, await settings('k8s/base'));
});

test('the emulation finds a type in the wrong place, and an expression that cannot be evaluated', () => {
  const right = 'Object.spec.initContainers{env: [Object.spec.initContainers.env{name: "A"}]}';
  assert.deepEqual(evaluate(right, {}), { env: [{ name: 'A' }] });
  assert.throws(() => evaluate(right.replace('.env{', '.ports{'), {}), /ports lies where .*env belongs/);
  assert.throws(() => evaluate('params.data.image', { params: { data: {} } }), /image/);
});
