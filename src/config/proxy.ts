/** Whether requests to ntfy use a proxy, by the usual `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. */
import { BlockList, isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { secret, type Secret } from '../util/secret.ts';
import { isLoopback } from '../util/loopback.ts';
import type { Problem } from './sources.ts';

/** A forward proxy. */
export interface Proxy {
  /** With its user and password. */
  readonly url: Secret;
  /** Host and port, which may appear in messages. */
  readonly host: string;
}

export interface ProxySettings {
  HTTPS_PROXY?: string | undefined;
  HTTP_PROXY?: string | undefined;
  NO_PROXY?: string | undefined;
}

/** The first version of Node whose agents support proxies. */
const [MAJOR, MINOR] = [24, 5];

/**
 * The proxy for a server, or what is wrong with its setting. Requests to loopback and to qBittorrent's host never use a
 * proxy: qBittorrent is reached directly, so an ntfy on the same host is, too. A proxy setting that is not used is not
 * checked.
 */
export function proxyFor(
  server: string,
  qbittorrent: string,
  settings: ProxySettings,
  node = process.versions.node,
): { proxy: Proxy | null } | { problem: Problem } {
  const target = new URL(server);
  const name = target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const text = settings[name]?.trim() ?? '';
  const isDirect =
    text === '' ||
    isLoopback(target.hostname) ||
    isThisMachine(target.hostname) ||
    target.hostname === new URL(qbittorrent).hostname ||
    isExempt(target, settings.NO_PROXY ?? '');
  if (isDirect) return { proxy: null };
  const [major = 0, minor = 0] = node.split('.').map(Number);
  if (major < MAJOR || (major === MAJOR && minor < MINOR))
    return {
      problem: { name, message: `requires Node.js ${MAJOR}.${MINOR} or later; this is ${node}` },
    };
  const url = urlOf(text);
  if (url === null)
    return {
      problem: { name, message: 'must be the address of a proxy: http://host:port or https://host:port' },
    };
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return { proxy: { url: secret(url.href), host: `${url.hostname}:${port}` } };
}

/** The scheme may be missing, as for curl. `null` for SOCKS, and for a password that cannot be decoded. */
function urlOf(text: string): URL | null {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  try {
    decodeURIComponent(url.username + url.password);
    return url;
  } catch {
    return null;
  }
}

/** Whether `NO_PROXY` contains it: `*`, a host with its subdomains, a host with a port, an address, or a network. */
function isExempt({ hostname, port, protocol }: URL, list: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const own = port || (protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === '*') return true;
      const [, bare = '', only] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(isIP(entry) ? `[${entry}]` : entry) ?? [];
      if (only !== undefined && only !== own) return false;
      if (isIP(host)) return isWithin(host, bare);
      const name = domainToASCII(bare.replace(/^\*?\./, ''));
      return name !== '' && (host === name || host.endsWith(`.${name}`));
    });
}

/** Whether an address is this one, or in this network (`10.0.0.0/8`). */
function isWithin(address: string, entry: string): boolean {
  const [base = '', bits] = entry.split('/');
  const family = isIP(base) === 6 ? 'ipv6' : 'ipv4';
  const maxBits = family === 'ipv6' ? 128 : 32;
  if (isIP(base) === 0 || isIP(base) !== isIP(address) || !/^\d{0,3}$/.test(bits ?? '')) return false;
  const prefix = bits === undefined ? maxBits : Number(bits);
  if (prefix > maxBits) return false;
  const network = new BlockList();
  network.addSubnet(base, prefix, family);
  return network.check(address, family);
}

/** All of 127/8, unspecified addresses and names of localhost. `isLoopback` is stricter, because it controls access. */
const isThisMachine = (hostname: string): boolean =>
  /^(?:127\.[\d.]+|0\.0\.0\.0|\[::\]|(?:.+\.)?localhost\.?)$/i.test(hostname);
