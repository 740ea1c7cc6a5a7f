/** The parts of a manifest that the checks read. */
import type { IPodTemplateSpec } from 'kubernetes-models/v1';

/** Any document. Its contents are read by kind. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string> };
  spec?: unknown;
  data?: Record<string, string>;
}

export type PodSpec = NonNullable<IPodTemplateSpec['spec']>;
export type Container = PodSpec['containers'][number];

/** A Deployment or a StatefulSet. */
export interface Workload extends Manifest {
  spec: {
    replicas?: number;
    selector?: { matchLabels?: Record<string, string> };
    strategy?: { type?: string };
    template: { metadata?: { labels?: Record<string, string> }; spec: PodSpec };
  };
}

export function ofKind<Found extends Manifest = Manifest>(
  manifests: readonly Manifest[],
  ...kinds: string[]
): Found[] {
  return manifests.filter(({ kind }) => kinds.includes(kind)) as Found[];
}

export const workloads = (manifests: readonly Manifest[]): Workload[] =>
  ofKind<Workload>(manifests, 'Deployment', 'StatefulSet');

/** `Deployment qbittorrent` */
export const titleOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`;

export const containersOf = ({ initContainers = [], containers }: PodSpec): Container[] => [
  ...initContainers,
  ...containers,
];

/** The sidecar is recognised by its image: its name is chosen by the user. */
export const isSidecar = ({ image = '' }: Container): boolean => /(^|\/)qbit-ntfy-sidecar(:|@|$)/.test(image);

export interface Place {
  workload: Workload;
  pod: PodSpec;
  container: Container;
}

/** Every sidecar, with its pod. */
export function sidecars(manifests: readonly Manifest[]): Place[] {
  return workloads(manifests).flatMap((workload) => {
    const pod = workload.spec.template.spec;
    return containersOf(pod)
      .filter(isSidecar)
      .map((container) => ({ workload, pod, container }));
  });
}
