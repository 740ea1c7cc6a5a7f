import { containersOf, ofKind, titleOf, workloads } from '../manifest.ts';
import type { Container, Manifest, PodSpec, Workload } from '../manifest.ts';

/** What users create: the secret of k8s/component/sidecar.yaml. */
const BY_HAND = { Secret: ['qbit-ntfy'] };

/** Everything that a pod names exists: volumes, claims, ConfigMaps, secrets. And every volume is used. */
export function references(manifests: readonly Manifest[]): string[] {
  const has = (kind: string, name: string | undefined): boolean =>
    ofKind(manifests, kind).some(({ metadata }) => metadata.name === name) ||
    (kind === 'Secret' && name !== undefined && BY_HAND.Secret.includes(name));
  return workloads(manifests).flatMap((workload) => {
    const pod = workload.spec.template.spec;
    const missing = volumesNamed(pod)
      .concat(containersOf(pod).flatMap(environmentNamed))
      .filter(({ kind, name }) => !has(kind, name));
    return mounts(workload).concat(
      missing.map(({ kind, name }) => `${titleOf(workload)} names a ${kind} ${name} that is not there`),
    );
  });
}

interface Named {
  kind: string;
  name: string | undefined;
}

function volumesNamed({ volumes = [] }: PodSpec): Named[] {
  return volumes.flatMap(({ persistentVolumeClaim, configMap, secret }) => [
    ...(persistentVolumeClaim
      ? [{ kind: 'PersistentVolumeClaim', name: persistentVolumeClaim.claimName }]
      : []),
    ...(configMap && configMap.optional !== true ? [{ kind: 'ConfigMap', name: configMap.name }] : []),
    ...(secret ? [{ kind: 'Secret', name: secret.secretName }] : []),
  ]);
}

function environmentNamed({ env = [], envFrom = [] }: Container): Named[] {
  const maps = [
    ...envFrom.map((from) => from.configMapRef),
    ...env.map((one) => one.valueFrom?.configMapKeyRef),
  ];
  const secrets = [
    ...envFrom.map((from) => from.secretRef),
    ...env.map((one) => one.valueFrom?.secretKeyRef),
  ];
  return [...named('ConfigMap', maps), ...named('Secret', secrets)];
}

const named = (kind: string, refs: readonly ({ name?: string } | undefined)[]): Named[] =>
  refs.flatMap((ref) => (ref === undefined ? [] : [{ kind, name: ref.name }]));

function mounts(workload: Workload): string[] {
  const pod = workload.spec.template.spec;
  const claims = (workload.spec as { volumeClaimTemplates?: Manifest[] }).volumeClaimTemplates ?? [];
  const there = [
    ...(pod.volumes ?? []).map(({ name }) => name),
    ...claims.map(({ metadata }) => metadata.name),
  ];
  const mounted = containersOf(pod).flatMap(({ name, volumeMounts = [] }) =>
    volumeMounts.map((mount) => ({ container: name, volume: mount.name })),
  );
  const muddled = (pod.volumes ?? []).filter((volume) => Object.keys(volume).length !== 2);
  return [
    ...muddled.map(({ name }) => `${titleOf(workload)}: the volume ${name} is not of exactly one kind`),
    ...mounted
      .filter(({ volume }) => !there.includes(volume))
      .map(
        ({ container, volume }) => `${titleOf(workload)}: ${container} mounts ${volume}, which is no volume`,
      ),
    ...there
      .filter((volume) => !mounted.some((mount) => mount.volume === volume))
      .map((volume) => `${titleOf(workload)}: nothing mounts the volume ${volume}`),
  ];
}
