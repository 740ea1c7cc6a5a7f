import { sidecars } from '../manifest.ts';
import type { Manifest } from '../manifest.ts';
import { broken } from './rules.ts';

/** The rules of the Pod Security Standard `restricted` for the sidecar, and some stricter ones. */
export function restricted(manifests: readonly Manifest[]): string[] {
  return sidecars(manifests).flatMap(({ pod, container }) => {
    const { securityContext: own = {}, resources = {} } = container;
    const seccomp = own.seccompProfile ?? pod.securityContext?.seccompProfile;
    return broken({
      'may run as root': own.runAsNonRoot !== true || own.runAsUser === 0,
      'may gain privileges': own.allowPrivilegeEscalation !== false || own.privileged === true,
      'keeps capabilities': own.capabilities?.drop?.includes('ALL') !== true,
      'adds capabilities': (own.capabilities?.add ?? []).length > 0,
      'has no seccomp profile': !['RuntimeDefault', 'Localhost'].includes(seccomp?.type ?? ''),
      'may write its own files': own.readOnlyRootFilesystem !== true,
      'takes a port of the node': (container.ports ?? []).some(({ hostPort }) => hostPort !== undefined),
      'shares a namespace of the node':
        pod.hostNetwork === true || pod.hostPID === true || pod.hostIPC === true,
      'mounts files of the node': (pod.volumes ?? []).some(
        ({ name, hostPath }) =>
          hostPath !== undefined && (container.volumeMounts ?? []).some((mount) => mount.name === name),
      ),
      'has no memory limit': resources.limits?.['memory'] === undefined,
      'is slowed down by a CPU limit': resources.limits?.['cpu'] !== undefined,
      'requests no resources':
        resources.requests?.['cpu'] === undefined || resources.requests['memory'] === undefined,
    }).map((fault) => `${container.name} ${fault}`);
  });
}
