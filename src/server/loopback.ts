/** Whether a host name or address stands for this machine alone (in Kubernetes: for this pod). */
export function isLoopback(name: string): boolean {
  return /^(?:localhost|127\.0\.0\.1|\[?::1\]?)$/i.test(name);
}

/**
 * Whether a socket's other end is this machine. Exact: all of 127/8 would let in what a service mesh
 * delivers from outside (Istio: from 127.0.0.6; reference/kubernetes.md, section 1.4).
 */
export function isLoopbackPeer(address: string | undefined): boolean {
  return address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1';
}
