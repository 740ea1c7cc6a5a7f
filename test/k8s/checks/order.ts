import { isSidecar, sidecars, titleOf, workloads } from '../manifest.ts';
import type { Manifest } from '../manifest.ts';
import { broken } from './rules.ts';

/** The sidecar starts before qBittorrent and ends after it, within the time of a VPN's tunnel. */
export function order(manifests: readonly Manifest[]): string[] {
  return workloads(manifests).flatMap((workload) => {
    const { initContainers = [], containers } = workload.spec.template.spec;
    const place = initContainers.findIndex(isSidecar);
    const isPlain = containers.some(isSidecar);
    const tunnel = initContainers.findIndex(({ name }) => name === 'gluetun');
    return broken({
      'the sidecar is missing': place < 0 && !isPlain,
      'the sidecar is no native one: it can miss the last hook': isPlain,
      'the sidecar would have to end before qBittorrent starts':
        place >= 0 && initContainers[place]?.restartPolicy !== 'Always',
      'the sidecar outlives the tunnel': place >= 0 && tunnel > place,
    }).map((fault) => `${titleOf(workload)}: ${fault}`);
  });
}

/** The alternative for clusters without native sidecars. */
export function plain(manifests: readonly Manifest[]): string[] {
  return sidecars(manifests)
    .filter(({ pod }) => pod.initContainers !== undefined)
    .map(({ workload }) => `${titleOf(workload)} has init containers, which would have to end first`);
}
