/** Whether a host name or address is loopback: this machine only (in Kubernetes: this pod). */
export function isLoopback(name: string): boolean {
  return /^(?:localhost|127\.0\.0\.1|\[?::1\]?|\[?::ffff:(?:127\.0\.0\.1|7f00:1)\]?)$/i.test(name);
}

/**
 * Whether the peer of a socket is this machine. Exact: all of 127/8 would include what a service mesh delivers from
 * outside (Istio: from 127.0.0.6; reference/kubernetes.md, section 1.4).
 */
export function isLoopbackPeer(address: string | undefined): boolean {
  const plain = address === undefined ? undefined : plainAddress(address);
  return plain === '127.0.0.1' || plain === '::1';
}

/** An IPv4 address in its usual form: a dual-stack socket reports `::ffff:10.1.2.3`. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
