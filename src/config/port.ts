/**
 * What is wrong with a TCP port, or `null`; 0 means any free port. In a file of its own, because the health check uses it
 * without loading zod.
 */
export function problemOfPort(text: string): string | null {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return null;
  return /^(?:tcp|udp|sctp):\/\//.test(text)
    ? 'contains the link that Kubernetes creates for a Service of that name, not a port: ' +
        "set it in the container's env, or set enableServiceLinks: false in the pod"
    : 'must be a port from 0 (any free port) to 65535';
}
