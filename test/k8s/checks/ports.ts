import type { IService } from 'kubernetes-models/v1';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { containersOf, ofKind, sidecars, titleOf, workloads } from '../manifest.ts';
import type { Container, Manifest } from '../manifest.ts';

type Port = number | string | undefined;

const exposes = (container: Container, port: Port): boolean =>
  (container.ports ?? []).some(({ name, containerPort }) => port === name || port === containerPort);

/** Probes, Services, network policies and monitors use ports that a container has. */
export function ports(manifests: readonly Manifest[]): string[] {
  const containers = workloads(manifests).flatMap(({ spec }) => containersOf(spec.template.spec));
  const probed = containers.flatMap((container) =>
    [container.startupProbe, container.livenessProbe, container.readinessProbe]
      .filter((probe) => probe?.httpGet !== undefined && !exposes(container, probe.httpGet.port))
      .map((probe) => `${container.name} is probed at ${probe?.httpGet?.port}, which it does not have`),
  );
  const meant = (title: string, port: Port): string[] =>
    containers.some((container) => exposes(container, port))
      ? []
      : [`${title} means a port ${port} that no pod has`];
  return [
    ...probed,
    ...ofKind<Manifest & IService>(manifests, 'Service').flatMap((service) =>
      (service.spec?.ports ?? []).flatMap(({ port, targetPort = port }) =>
        meant(titleOf(service), targetPort),
      ),
    ),
    ...ofKind<Manifest & INetworkPolicy>(manifests, 'NetworkPolicy').flatMap((policy) =>
      (policy.spec?.ingress ?? [])
        .flatMap((rule) => rule.ports ?? [])
        .flatMap(({ port }) => meant(titleOf(policy), port)),
    ),
    ...ofKind<Manifest & IPodMonitor>(manifests, 'PodMonitor').flatMap((monitor) =>
      (monitor.spec.podMetricsEndpoints ?? []).flatMap(({ port }) => meant(titleOf(monitor), port)),
    ),
  ];
}

/** The kubelet probes only the sidecar's own health, which depends on no server: qBittorrent starts after it. */
export function probes(manifests: readonly Manifest[]): string[] {
  return sidecars(manifests).flatMap(({ container }) => {
    const faults = (['startupProbe', 'livenessProbe'] as const).flatMap((name) => {
      const get = container[name]?.httpGet;
      if (get === undefined) return [`${container.name} has no ${name} by HTTP`];
      if (get.host !== undefined) return [`${container.name}: a probe's host is the node's, not the pod's`];
      return get.path === '/livez' ? [] : [`${container.name}: ${name} probes ${get.path}, not /livez`];
    });
    // It would count for the whole pod: an unavailable ntfy would remove qBittorrent from its Service.
    const readiness =
      container.readinessProbe === undefined ? [] : [`${container.name} has a readinessProbe`];
    return faults.concat(readiness);
  });
}
