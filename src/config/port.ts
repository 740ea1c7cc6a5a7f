/**
 * What is wrong with a text that should be a TCP port, or `null`; 0 takes any free one. It stands apart from the other
 * values: the health check reads a port too, and has no zod.
 */
export function faultOfPort(text: string): string | null {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return null;
  return /^(?:tcp|udp|sctp):\/\//.test(text)
    ? 'holds the link that Kubernetes makes for a Service of that name, not a port: ' +
        "set it in the container's env, or set enableServiceLinks: false in the pod"
    : 'must be a port from 0 (any free one) to 65535';
}
