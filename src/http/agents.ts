import * as http from 'node:http';
import * as https from 'node:https';
import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import type { Proxy } from '../config/proxy.ts';

/** Milliseconds for which an idle connection stays open, for bursts of messages. */
const KEEP_ALIVE_TIMEOUT = 4000;
/** Milliseconds for connecting through a proxy; less than for a request, so that the proxy is reported as the cause. */
const TUNNEL_TIMEOUT = 9000;

/**
 * Milliseconds for each address of a name except the last. Node's default of 250 is too short for satellite links or
 * distant VPNs.
 */
const CONNECT_ATTEMPT_TIMEOUT = 1000;
setDefaultAutoSelectFamilyAttemptTimeout(CONNECT_ATTEMPT_TIMEOUT);

type Agents = Record<'http' | 'https', http.Agent>;

function create(keepAlive: boolean, proxy?: Proxy): Agents {
  const options: https.AgentOptions = { keepAlive, timeout: KEEP_ALIVE_TIMEOUT };
  if (proxy !== undefined) {
    const url = proxy.url.reveal();
    // NO_PROXY has been evaluated already.
    Object.assign(options, { timeout: TUNNEL_TIMEOUT, proxyEnv: { http_proxy: url, https_proxy: url } });
  }
  return { http: new http.Agent(options), https: new https.Agent(options) };
}

const direct = create(true);
const proxied = new WeakMap<Proxy, Record<'keepAlive' | 'single', Agents>>();

/** The agent for a request. With a proxy it uses Node's own tunnels; `false`: a direct connection for one request. */
export function agentFor(url: string, keep: boolean, proxy: Proxy | null): http.Agent | false {
  const protocol = url.startsWith('https:') ? 'https' : 'http';
  if (proxy === null) return keep && direct[protocol];
  const agents = proxied.get(proxy) ?? { keepAlive: create(true, proxy), single: create(false, proxy) };
  proxied.set(proxy, agents);
  return agents[keep ? 'keepAlive' : 'single'][protocol];
}
