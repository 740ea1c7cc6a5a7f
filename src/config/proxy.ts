/** Whether requests to ntfy go through a proxy, as `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say it everywhere. */
import { BlockList, isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { secret, type Secret } from '../util/secret.ts';
import { isLoopback } from '../util/loopback.ts';
import type { Problem } from './sources.ts';

/** A proxy on the way out. */
export interface Proxy {
  /** With its user and password. */
  readonly url: Secret;
  /** Host and port: what a message may name. */
  readonly host: string;
}

export interface ProxySettings {
  HTTPS_PROXY?: string | undefined;
  HTTP_PROXY?: string | undefined;
  NO_PROXY?: string | undefined;
}

/** The version of Node whose agents know proxies. */
const [MAJOR, MINOR] = [24, 5];

/**
 * The proxy for a server, or what is wrong with its setting. Loopback and qBittorrent's host are never reached through
 * one: whoever reaches qBittorrent directly reaches an ntfy on the same host, too. A setting that is not used may hold
 * anything: it belongs to others.
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
      problem: { name, message: `needs Node.js ${MAJOR}.${MINOR} or later, and this is ${node}` },
    };
  const url = urlOf(text);
  if (url === null)
    return { problem: { name, message: 'must be the address of a proxy: http://host:port, or https' } };
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return { proxy: { url: secret(url.href), host: `${url.hostname}:${port}` } };
}

/** As curl takes it, the scheme may be missing. Neither SOCKS nor a password that can't be decoded. */
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

/** Whether `NO_PROXY` names it: `*`, a host and what lies below it, a host with its port, an address, a network. */
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
  const most = family === 'ipv6' ? 128 : 32;
  if (isIP(base) === 0 || isIP(base) !== isIP(address) || !/^\d{0,3}$/.test(bits ?? '')) return false;
  const prefix = bits === undefined ? most : Number(bits);
  if (prefix > most) return false;
  const network = new BlockList();
  network.addSubnet(base, prefix, family);
  return network.check(address, family);
}

/** All of 127/8, and the names and unspecified addresses that end here, too. `isLoopback` is stricter: it is a guard. */
const isThisMachine = (hostname: string): boolean =>
  /^(?:127\.[\d.]+|0\.0\.0\.0|\[::\]|(?:.+\.)?localhost\.?)$/i.test(hostname);
