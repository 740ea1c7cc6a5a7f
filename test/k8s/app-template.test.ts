import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environmentOf } from './checks/environment.ts';
import { always, faultsOf } from './checks/index.ts';
import { kubernetesTest, read, render } from './kustomize.ts';
import { sidecars, workloads } from './manifest.ts';
import type { Container, Manifest, PodSpec, Workload } from './manifest.ts';
import { shapeFaults } from './schema.ts';

type Volumes = NonNullable<PodSpec['volumes']>;

/** The values of the example, as far as the chart uses them. */
interface Values {
  controllers: Record<
    string,
    { strategy: string; pod: Partial<PodSpec>; initContainers: Record<string, Init> }
  >;
  persistence: Record<string, Volume>;
}

interface Init extends Pick<Container, 'ports' | 'resources' | 'restartPolicy' | 'securityContext'> {
  image: { repository: string; tag: string; pullPolicy: string };
  env: Record<string, string>;
  probes: Record<string, { enabled: true; custom: true; spec: NonNullable<Container['startupProbe']> }>;
}

interface Volume {
  type: 'secret' | 'emptyDir' | 'custom';
  name?: string;
  defaultMode?: number;
  volumeSpec?: Omit<Volumes[number], 'name'>;
  advancedMounts: Record<string, Record<string, { path: string; readOnly?: boolean }[]>>;
}

/** As the templates of the chart (4.1.1) render such values: an emulation. */
function template({ controllers, persistence }: Values): Workload {
  const [[name, { strategy, pod, initContainers }] = assert.fail()] = Object.entries(controllers);
  const volumes = Object.entries(persistence);
  const mounts = (container: string) =>
    volumes.flatMap(([volume, { advancedMounts }]) =>
      (advancedMounts[name]?.[container] ?? []).map(({ path, readOnly }) =>
        Object.assign({ name: volume, mountPath: path }, readOnly === undefined ? {} : { readOnly }),
      ),
    );
  const init = Object.entries(initContainers).map(([id, { image, env, probes, ...rest }]): Container => {
    const custom = Object.entries(probes).map(([kind, { spec }]) => [`${kind}Probe`, spec]);
    const container = {
      name: id,
      image: `${image.repository}:${image.tag}`,
      imagePullPolicy: image.pullPolicy as 'IfNotPresent',
      env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
      volumeMounts: mounts(id),
    };
    return Object.assign(container, Object.fromEntries(custom), rest);
  });
  const labels = { 'app.kubernetes.io/name': name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 1,
      strategy: { type: strategy },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          ...pod,
          initContainers: init,
          containers: [{ name: 'main', image: 'qbittorrent:5.1.2' }],
          volumes: volumes.map(([id, volume]) => volumeOf(id, volume)),
        },
      },
    },
  };
}

function volumeOf(id: string, { type, name, defaultMode, volumeSpec }: Volume): Volumes[number] {
  if (type === 'custom') return { name: id, ...volumeSpec };
  if (type === 'emptyDir') return { name: id, emptyDir: {} };
  return { name: id, secret: { secretName: name ?? '', defaultMode: defaultMode ?? 0o644 } };
}

const values = (): Values => read('k8s/examples/app-template-values.yaml')[0] as unknown as Values;

/** A sidecar with its settings in one map, whatever their source, and its volumes. */
function comparable(manifests: readonly Manifest[]) {
  const [place] = sidecars(manifests);
  assert.ok(place);
  const container = { ...place.container };
  const settings = environmentOf(container, manifests);
  delete container.env;
  delete container.envFrom;
  const volumes = (place.pod.volumes ?? []).filter(({ name }) => name.startsWith('qbit-ntfy'));
  return { container, settings, volumes };
}

kubernetesTest(
  'the values for app-template render the container that the component renders (emulation)',
  async () => {
    assert.deepEqual(comparable([template(values())]), comparable(await render('k8s/base')));
  },
);

test('and a Deployment that passes the checks', () => {
  const manifests = [template(values())];
  assert.equal(workloads(manifests).length, 1);
  assert.deepEqual(faultsOf(manifests, [...always, 'order', 'rollout']), {});
  assert.deepEqual(shapeFaults(manifests), []);
});
