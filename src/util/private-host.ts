import { BlockList, isIP } from 'node:net';

/** Networks that the Internet does not route: loopback, private, link-local, shared (RFC 6598) and unique local ones. */
const NETWORKS = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['::', 127, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
] as const;

/** Names without a dot, and domains that only a local resolver knows. */
const LOCAL_NAME = /^[^.]+$|\.(?:local|localhost|localdomain|internal|intranet|lan|home|home\.arpa|svc)$/i;

/**
 * Whether the host of a URL can only be reached from its own network (or by VPN), as far as its name or address shows.
 *
 * @example isPrivateHost('[fd00::1]') // true
 */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  const family = isIP(host);
  if (family === 0) return LOCAL_NAME.test(host);
  const networks = new BlockList();
  for (const [base, prefix, kind] of NETWORKS) networks.addSubnet(base, prefix, kind);
  return networks.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
