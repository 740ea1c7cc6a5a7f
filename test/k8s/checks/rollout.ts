import { ofKind, titleOf } from '../manifest.ts';
import type { Manifest, Workload } from '../manifest.ts';
import { broken } from './rules.ts';

/** One pod at a time, with time to end, and no field of the API server. Only for our own manifests. */
export function rollout(manifests: readonly Manifest[]): string[] {
  return ofKind<Workload>(manifests, 'Deployment').flatMap((deployment) => {
    const { replicas, strategy, template } = deployment.spec;
    const { spec } = template;
    return broken({
      'opens the profile twice: it has no `Recreate`': strategy?.type !== 'Recreate',
      'has more than one replica': replicas !== 1,
      'gives less than 120 s to end': (spec.terminationGracePeriodSeconds ?? 30) < 120,
      'mounts a service account token': spec.automountServiceAccountToken !== false,
      'takes variables from the names of Services': spec.enableServiceLinks !== false,
    }).map((fault) => `${titleOf(deployment)} ${fault}`);
  });
}
