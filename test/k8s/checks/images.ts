import { readFileSync } from 'node:fs';
import { containersOf, isSidecar, workloads } from '../manifest.ts';
import type { Manifest } from '../manifest.ts';
import { broken } from './rules.ts';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Every image has a version, the sidecar this one, and an unavailable registry prevents no start. */
export function images(manifests: readonly Manifest[]): string[] {
  const containers = workloads(manifests).flatMap(({ spec }) => containersOf(spec.template.spec));
  return containers.flatMap((container) => {
    const { name, image = '', imagePullPolicy } = container;
    const tag = /:([\w.-]+)(@sha256:[0-9a-f]{64})?$/.exec(image)?.[1];
    return broken({
      [`${name}: ${image} has no version`]: tag === undefined || tag === 'latest',
      [`${name}: ${image} is not ${version}`]: isSidecar(container) && tag !== version,
      [`${name} is always pulled`]: imagePullPolicy === 'Always',
    });
  });
}
