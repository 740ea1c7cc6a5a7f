/** The rules for manifests; each check returns a sentence for each fault. */
import type { Manifest } from '../manifest.ts';
import { environment } from './environment.ts';
import { images } from './images.ts';
import { order, plain } from './order.ts';
import { ports, probes } from './ports.ts';
import { references } from './references.ts';
import { restricted } from './restricted.ts';
import { rollout } from './rollout.ts';
import { selectors } from './selectors.ts';

export const checks = {
  environment,
  images,
  order,
  plain,
  ports,
  probes,
  references,
  restricted,
  rollout,
  selectors,
} satisfies Record<string, (manifests: readonly Manifest[]) => string[]>;

export type Check = keyof typeof checks;

/** The checks that every set of manifests with a sidecar has to pass. */
export const always = [
  'environment',
  'images',
  'ports',
  'probes',
  'references',
  'restricted',
  'selectors',
] as const satisfies readonly Check[];

/** The faults by check, without checks that find none. */
export function faultsOf(
  manifests: readonly Manifest[],
  names: readonly Check[],
): Partial<Record<Check, string[]>> {
  const found = names.map((name) => [name, checks[name](manifests)] as const);
  return Object.fromEntries(found.filter(([, faults]) => faults.length > 0));
}
