import type { IService } from 'kubernetes-models/v1';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { ofKind, titleOf, workloads } from '../manifest.ts';
import type { Manifest } from '../manifest.ts';

type Labels = Readonly<Record<string, string>>;

const selects = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);

/** Workloads select their own pods; Services and network policies select a pod. */
export function selectors(manifests: readonly Manifest[]): string[] {
  const pods = workloads(manifests).map(({ spec }) => spec.template.metadata?.labels ?? {});
  const own = workloads(manifests).flatMap((workload) => {
    const selector = workload.spec.selector?.matchLabels;
    if (selector === undefined) return [`${titleOf(workload)} has no selector`];
    const labels = workload.spec.template.metadata?.labels ?? {};
    return selects(selector, labels) ? [] : [`${titleOf(workload)} does not select its own pods`];
  });
  const others = [
    ...ofKind<Manifest & IService>(manifests, 'Service').map((service) => ({
      service,
      selector: service.spec?.selector ?? {},
    })),
    ...ofKind<Manifest & INetworkPolicy>(manifests, 'NetworkPolicy').map((service) => ({
      service,
      selector: service.spec?.podSelector?.matchLabels ?? {},
    })),
  ];
  const lost = others.filter(({ selector }) => !pods.some((labels) => selects(selector, labels)));
  return [...own, ...lost.map(({ service }) => `${titleOf(service)} selects no pod`)];
}
