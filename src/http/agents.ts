import * as http from 'node:http';
import * as https from 'node:https';
import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import type { Proxy } from '../config/proxy.ts';

/** Milliseconds for which a connection is kept: messages that come in a burst share one. */
const KEEP_ALIVE = 4000;
/** Milliseconds that a proxy may take to connect; less than a request may, so that the proxy is named as the cause. */
const TUNNEL = 9000;

/**
 * Milliseconds for each address of a name but the last. Node's own 250 give up on every address that is farther away
 * than that, as by a satellite or a distant VPN.
 */
const ATTEMPT = 1000;
setDefaultAutoSelectFamilyAttemptTimeout(ATTEMPT);

type Agents = Record<'http' | 'https', http.Agent>;

function create(keepAlive: boolean, proxy?: Proxy): Agents {
  const options: https.AgentOptions = { keepAlive, timeout: KEEP_ALIVE };
  if (proxy !== undefined) {
    const url = proxy.url.reveal();
    // Which servers are reached directly is decided already.
    Object.assign(options, { timeout: TUNNEL, proxyEnv: { http_proxy: url, https_proxy: url } });
  }
  return { http: new http.Agent(options), https: new https.Agent(options) };
}

const direct = create(true);
const proxied = new WeakMap<Proxy, Record<'kept' | 'single', Agents>>();

/** What connects: Node's own tunnels through a proxy, and none (`false`) for a direct connection of its own. */
export function agentFor(url: string, keep: boolean, proxy: Proxy | null): http.Agent | false {
  const protocol = url.startsWith('https:') ? 'https' : 'http';
  if (proxy === null) return keep && direct[protocol];
  const agents = proxied.get(proxy) ?? { kept: create(true, proxy), single: create(false, proxy) };
  proxied.set(proxy, agents);
  return agents[keep ? 'kept' : 'single'][protocol];
}
