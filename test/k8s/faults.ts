/** Manifests of the base with one fault each. */
import assert from 'node:assert/strict';
import type { Check } from './checks/index.ts';
import { render } from './kustomize.ts';
import { ofKind, sidecars } from './manifest.ts';
import type { Container, Manifest, PodSpec, Workload } from './manifest.ts';

/** The base with a change. */
export async function planted(plant: (scene: Scene) => void): Promise<Manifest[]> {
  const manifests = await render('k8s/base');
  const [place] = sidecars(manifests);
  const settings = ofKind(manifests, 'ConfigMap')[0]?.data;
  assert.ok(place && settings);
  plant({ manifests, workload: place.workload, pod: place.pod, sidecar: place.container, settings });
  return manifests;
}

export interface Scene {
  manifests: Manifest[];
  workload: Workload;
  pod: PodSpec;
  sidecar: Container;
  settings: Record<string, string>;
}

export interface Fault {
  plant: (scene: Scene) => void;
  check: Check;
  text: RegExp;
}

/** A fault that a check finds. */
export const fault = (check: Check, text: RegExp, plant: Fault['plant']): Fault => ({ check, text, plant });

export const faults: Record<string, Fault> = {
  'no selector': fault('selectors', /has no selector/, ({ workload }) => delete workload.spec.selector),
  'a selector of other labels': fault('selectors', /does not select its own pods/, ({ workload }) => {
    workload.spec.selector = { matchLabels: { app: 'another' } };
  }),
  'a Service of other labels': fault('selectors', /Service qbittorrent selects no pod/, ({ workload }) => {
    workload.spec.template.metadata = { labels: { app: 'another' } };
    workload.spec.selector = { matchLabels: { app: 'another' } };
  }),
  'a mount without a volume': fault('references', /qbit-ntfy mounts qbit-ntfy-state, which/, ({ pod }) => {
    pod.volumes = (pod.volumes ?? []).filter(({ name }) => name !== 'qbit-ntfy-state');
  }),
  'a volume that is not mounted': fault('references', /nothing mounts the volume tmp/, ({ pod }) => {
    pod.volumes?.push({ name: 'tmp', emptyDir: {} });
  }),
  'a volume of two kinds': fault('references', /config is not of exactly one kind/, ({ pod }) => {
    Object.assign(pod.volumes?.find(({ name }) => name === 'config') ?? {}, { emptyDir: {} });
  }),
  'a claim that does not exist': fault('references', /PersistentVolumeClaim qbittorrent-config/, (scene) => {
    scene.manifests.splice(
      scene.manifests.findIndex(({ metadata }) => metadata.name === 'qbittorrent-config'),
      1,
    );
  }),
  'a secret that does not exist': fault('references', /Secret qbit-ntfi that is not there/, ({ pod }) => {
    const volume = pod.volumes?.find(({ secret }) => secret !== undefined);
    if (volume?.secret) volume.secret.secretName = 'qbit-ntfi';
  }),
  'a ConfigMap by its name without a hash': fault('references', /ConfigMap qbit-ntfy that/, ({ sidecar }) => {
    sidecar.envFrom = [{ configMapRef: { name: 'qbit-ntfy' } }];
  }),
  'a probe at a port that no container has': fault('ports', /probed at 9092/, ({ sidecar }) => {
    if (sidecar.livenessProbe?.httpGet) sidecar.livenessProbe.httpGet.port = 9092;
  }),
  'a Service to a port that no container has': fault(
    'ports',
    /Service qbittorrent means a port webui/,
    ({ pod }) => {
      delete pod.containers[0]?.ports;
    },
  ),
  'a monitor of a port that no container has': fault(
    'ports',
    /PodMonitor m means a port metrics/,
    ({ manifests }) => {
      const spec = { selector: {}, podMetricsEndpoints: [{ port: 'metrics' }] };
      manifests.push({
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'PodMonitor',
        metadata: { name: 'm' },
        spec,
      });
    },
  ),
  'a network policy for a port that no container has': fault(
    'ports',
    /NetworkPolicy p means a port 9090/,
    (scene) => {
      const spec = { podSelector: {}, ingress: [{ ports: [{ port: 9090 }] }] };
      scene.manifests.push({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'p' },
        spec,
      });
    },
  ),
  'a startup probe that waits for qBittorrent': fault('probes', /probes \/readyz/, ({ sidecar }) => {
    if (sidecar.startupProbe?.httpGet) sidecar.startupProbe.httpGet.path = '/readyz';
  }),
  'no startup probe': fault('probes', /no startupProbe/, ({ sidecar }) => delete sidecar.startupProbe),
  "a probe of the node's loopback": fault('probes', /host is the node's/, ({ sidecar }) => {
    if (sidecar.livenessProbe?.httpGet) sidecar.livenessProbe.httpGet.host = '127.0.0.1';
  }),
  'a readiness probe': fault('probes', /has a readinessProbe/, ({ sidecar }) => {
    sidecar.readinessProbe = { httpGet: { path: '/readyz', port: 9091 } };
  }),
  'a second container instead of a native sidecar': fault('order', /no native one/, ({ pod, sidecar }) => {
    pod.containers.push(sidecar);
    delete pod.initContainers;
  }),
  'no sidecar': fault('order', /is missing/, ({ pod }) => delete pod.initContainers),
  'an init container that has to end first': fault('order', /would have to end/, ({ sidecar }) => {
    delete sidecar.restartPolicy;
  }),
  'a tunnel that ends first': fault('order', /outlives the tunnel/, ({ pod }) => {
    pod.initContainers?.push({ name: 'gluetun', image: 'gluetun:1', restartPolicy: 'Always' });
  }),
  'a native sidecar in the classic form': fault('plain', /have to end first/, () => {}),
  'an image without a tag': fault('images', /has no version/, ({ sidecar }) => {
    sidecar.image = 'example.org:5000/qbit-ntfy-sidecar';
  }),
  'the latest image': fault('images', /has no version/, ({ pod }) => {
    for (const container of pod.containers) container.image = 'lscr.io/linuxserver/qbittorrent:latest';
  }),
  'an older version of the sidecar': fault('images', /is not \d/, ({ sidecar }) => {
    sidecar.image = 'qbit-ntfy-sidecar:0.0.1';
  }),
  'an image that is always pulled': fault('images', /always pulled/, ({ sidecar }) => {
    sidecar.imagePullPolicy = 'Always';
  }),
  'a rolling update': fault(
    'rollout',
    /opens the profile twice/,
    ({ workload }) => delete workload.spec.strategy,
  ),
  'two replicas': fault('rollout', /more than one replica/, ({ workload }) => {
    workload.spec.replicas = 2;
  }),
  'the default grace period': fault(
    'rollout',
    /less than 120 s/,
    ({ pod }) => delete pod.terminationGracePeriodSeconds,
  ),
  'a token of the API server': fault('rollout', /service account token/, ({ pod }) => {
    delete pod.automountServiceAccountToken;
  }),
  'variables of Services': fault('rollout', /names of Services/, ({ pod }) => delete pod.enableServiceLinks),
  'an unknown setting': fault('environment', /QBIT_PASSWORD_FILE is no setting/, ({ settings }) => {
    settings['QBIT_PASSWORD_FILE'] = '/secrets/qbit-pass';
  }),
  'an invalid value': fault('environment', /POLL_INTERVAL must be/, ({ sidecar }) => {
    sidecar.env?.push({ name: 'POLL_INTERVAL', value: 'soon' });
  }),
  'a setting that is missing': fault('environment', /NTFY_TOPIC is missing/, ({ settings }) => {
    delete settings['NTFY_TOPIC_FILE'];
  }),
  'a file that is not in the secret': fault('environment', /QBIT_PASS_FILE names a file/, ({ settings }) => {
    settings['QBIT_PASS_FILE'] = '/secrets/password';
  }),
  'secrets that are mounted in another folder': fault(
    'environment',
    /NTFY_TOPIC_FILE names a file/,
    ({ sidecar }) => {
      for (const mount of sidecar.volumeMounts ?? [])
        mount.mountPath = mount.mountPath.replace('secrets', 'etc');
    },
  ),
  'a state without a volume': fault('environment', /STATE_DIR is \/state, where/, ({ sidecar, pod }) => {
    sidecar.volumeMounts = (sidecar.volumeMounts ?? []).filter(({ mountPath }) => mountPath !== '/state');
    pod.volumes = (pod.volumes ?? []).filter(({ name }) => name !== 'qbit-ntfy-state');
  }),
  ...Object.fromEntries(
    Object.entries({
      'may run as root': ({ sidecar }) => delete sidecar.securityContext?.runAsNonRoot,
      'may gain privileges': ({ sidecar }) => delete sidecar.securityContext?.allowPrivilegeEscalation,
      'keeps capabilities': ({ sidecar }) => delete sidecar.securityContext?.capabilities,
      'adds capabilities': ({ sidecar }) =>
        Object.assign(sidecar.securityContext?.capabilities ?? {}, { add: ['NET_RAW'] }),
      'has no seccomp profile': ({ sidecar, pod }) => {
        delete sidecar.securityContext?.seccompProfile;
        delete pod.securityContext?.seccompProfile;
      },
      'may write its own files': ({ sidecar }) => delete sidecar.securityContext?.readOnlyRootFilesystem,
      'takes a port of the node': ({ sidecar }) =>
        Object.assign(sidecar.ports?.[0] ?? {}, { hostPort: 9091 }),
      'shares a namespace of the node': ({ pod }) => Object.assign(pod, { hostNetwork: true }),
      'mounts files of the node': ({ pod, sidecar }) => {
        pod.volumes?.push({ name: 'var', hostPath: { path: '/var' } });
        sidecar.volumeMounts?.push({ name: 'var', mountPath: '/var' });
      },
      'has no memory limit': ({ sidecar }) => delete sidecar.resources?.limits,
      'is slowed down by a CPU limit': ({ sidecar }) =>
        Object.assign(sidecar.resources?.limits ?? {}, { cpu: '100m' }),
      'requests no resources': ({ sidecar }) => delete sidecar.resources?.requests,
    } satisfies Record<string, (scene: Scene) => unknown>).map(([sentence, plant]) => [
      `a sidecar that ${sentence}`,
      fault('restricted', new RegExp(`^qbit-ntfy ${sentence}$`), plant),
    ]),
  ),
};
