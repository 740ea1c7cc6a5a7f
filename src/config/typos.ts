import { findNearest } from './nearest.ts';
import { variables } from './setting-names.ts';
import type { Environment } from './sources.ts';

/** The prefixes of settings, and common misspellings of them. */
const PREFIXES = /^(?:QBIT|QBT|NTFY|NFTY|HOOK|OPS|COMMAND|WEBUI)_/;

/** Variables that Kubernetes adds for Services whose names begin with such a prefix. */
const SERVICE_LINK = /_SERVICE_(?:HOST|PORT)(?:_|$)|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_|$)/;

/** One sentence for each variable whose name resembles a setting. Names only: values may be secrets. */
export function findTypos(env: Environment): string[] {
  return Object.keys(env).flatMap((name) => {
    if (!PREFIXES.test(name) || variables.has(name) || SERVICE_LINK.test(name)) return [];
    if (/^(?:tcp|udp|sctp):\/\//.test(env[name] ?? '')) return [];
    const setting = findNearest(name, variables);
    return setting ? [`${name} is not a setting and was ignored. Did you mean ${setting}?`] : [];
  });
}
