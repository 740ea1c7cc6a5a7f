/** The pods that the admission policy does not change: those that would become invalid, or could not start. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { admit } from './admission.ts';
import type { Pod } from './admission.ts';
import { kubernetesTest, read, render } from './kustomize.ts';
import { ofKind, workloads } from './manifest.ts';
import type { Container, Manifest, PodSpec } from './manifest.ts';

const POLICY = 'k8s/policy';

/** A labelled pod with an init container and a volume. */
function ownPod(): Pod {
  const own = workloads(read('test/k8s/overlays/own/workloads.yaml')).find(
    ({ metadata }) => metadata.name === 'seedbox',
  );
  assert.ok(own);
  return { metadata: { labels: { 'qbit-ntfy/inject': 'true' } }, spec: own.spec.template.spec };
}

const changes = (policy: readonly Manifest[], pod: Pod): boolean =>
  !isDeepStrictEqual(admit(policy, pod), pod);

/** What the sidecar needs for itself, and a pod may already use. */
const CONFLICTS: Record<string, (pod: PodSpec) => void> = {
  'a container of this name': ({ containers }) => {
    containers[0] = { ...containers[0], name: 'qbit-ntfy' };
  },
  'an init container of this name': (pod) => {
    pod.initContainers = [{ name: 'qbit-ntfy', image: 'busybox:1.37' }];
  },
  'a volume of the name of the secrets': (pod) => {
    pod.volumes = [...(pod.volumes ?? []), { name: 'qbit-ntfy-secrets', emptyDir: {} }];
  },
  'a volume of the name of the state': (pod) => {
    pod.volumes = [...(pod.volumes ?? []), { name: 'qbit-ntfy-state', emptyDir: {} }];
  },
  'a volume of the name of the rules': (pod) => {
    pod.volumes = [...(pod.volumes ?? []), { name: 'qbit-ntfy-rules', emptyDir: {} }];
  },
  'a port of this name': withPort({ name: 'ntfy-ops', containerPort: 8000 }),
  'the operations port': withPort({ containerPort: 9091 }),
  'the hook port': withPort({ containerPort: 9090, protocol: 'TCP' }),
  'the hook port, in an init container': (pod) => {
    pod.initContainers = [{ name: 'gluetun', ports: [{ containerPort: 9090 }] }];
  },
};

type Port = NonNullable<Container['ports']>[number];

function withPort(port: Port) {
  return ({ containers }: PodSpec): void => {
    containers[0] = { name: 'main', ...containers[0], ports: [port] };
  };
}

kubernetesTest(
  'a pod that already uses a name or a port of the sidecar is not changed: each of these',
  async () => {
    const policy = await render(POLICY);
    const isInjected = (change: (pod: PodSpec) => void): boolean => {
      const pod = ownPod();
      change(pod.spec);
      return changes(policy, pod);
    };
    assert.ok(isInjected(() => {}));
    assert.ok(isInjected(withPort({ name: 'webui', containerPort: 8080 })));
    assert.ok(isInjected(withPort({ containerPort: 9090, protocol: 'UDP' })));
    const changed = Object.entries(CONFLICTS).filter(([, change]) => isInjected(change));
    assert.deepEqual(Object.fromEntries(changed), {});
  },
);

kubernetesTest('another HOOK_PORT in the ConfigMap is the port that has to be free', async () => {
  const manifests = await render(POLICY);
  const isInjected = (hookPort: string, port: Port): boolean => {
    const pod = ownPod();
    withPort(port)(pod.spec);
    return changes(withSettings(manifests, { HOOK_PORT: hookPort }), pod);
  };
  assert.equal(isInjected('9191', { containerPort: 9090 }), true);
  assert.equal(isInjected('9191', { containerPort: 9191 }), false);
  // Empty is the default, for the sidecar too.
  assert.equal(isInjected('', { containerPort: 9090 }), false);
});

/** The manifests with other settings in the ConfigMap; `undefined` removes one. */
function withSettings(
  manifests: readonly Manifest[],
  settings: Record<string, string | undefined>,
): Manifest[] {
  return manifests.map((manifest) => {
    if (manifest.kind !== 'ConfigMap') return manifest;
    const data = Object.entries({ ...manifest.data, ...settings }).filter(([, value]) => value !== undefined);
    return { ...manifest, data: Object.fromEntries(data) as Record<string, string> };
  });
}

kubernetesTest('a ConfigMap whose image is missing, empty or invalid changes no pod', async () => {
  const policy = await render(POLICY);
  const pod = ownPod();
  const images = [undefined, '', ' ', '\n', ' qbit-ntfy-sidecar:0.1.0', 'qbit-ntfy-sidecar: 0.1.0', ':0.1.0'];
  for (const image of images) {
    assert.deepEqual(admit(withSettings(policy, { image }), pod), pod, JSON.stringify(image));
  }
  const noData = policy.map((one) => (one.kind === 'ConfigMap' ? { ...one, data: undefined } : one));
  assert.deepEqual(admit(noData as Manifest[], pod), pod);
  const image = `registry.example.org:5000/media/qbit-ntfy-sidecar@sha256:${'0'.repeat(64)}`;
  const { spec } = admit(withSettings(policy, { image }), pod);
  assert.equal(spec.initContainers?.at(-1)?.image, image);
});

kubernetesTest('the condition in docs/kubernetes.md accepts one image and no other', async () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/kubernetes.md'), 'utf8');
  const [, block = ''] = /```yaml\n(- name: [^]*?params\.data\.image[^]*?)```/.exec(text) ?? [];
  const conditions = parse(block) as unknown[];
  assert.equal(conditions.length, 1);
  const policy = await render(POLICY);
  for (const { spec } of ofKind(policy, 'MutatingAdmissionPolicy')) {
    (spec as { matchConditions: unknown[] }).matchConditions.push(...conditions);
  }
  const pod = ownPod();
  const digest = `@sha256:${'0'.repeat(64)}`;
  const injected = [
    `ghcr.io/OWNER/qbit-ntfy-sidecar${digest}`,
    'ghcr.io/OWNER/qbit-ntfy-sidecar:0.1.0',
    `ghcr.io/OWNER-2/qbit-ntfy-sidecar${digest}`,
  ].filter((image) => changes(withSettings(policy, { image }), pod));
  assert.deepEqual(injected, [`ghcr.io/OWNER/qbit-ntfy-sidecar${digest}`]);
});
