import type { SlotName } from '../qbittorrent/preferences.ts';
import { isLoopback } from '../util/loopback.ts';
import { PATHS } from './line.ts';
import type { Wanted } from './line.ts';
import type { OurLine } from './read-line.ts';

/** What keeps a line of ours from working, each as a half sentence about it. Tokens are never in it. */
export function problemsOf(line: OurLine, slot: SlotName, wanted: Wanted, knowsIds: boolean): string[] {
  const flaws = [
    line.slot !== slot && `calls /${PATHS[line.slot]} instead of /${PATHS[slot]}`,
    knowsIds &&
      line.placeholder !== '%K' &&
      `uses ${line.placeholder} instead of %K: ${badHash(line.placeholder)}`,
    addressFlaw(line, wanted),
    !line.posts && 'does not call by POST',
    tokenFlaw(line.token, wanted),
    proxyFlaw(line),
    line.operators &&
      'holds operators of a shell, but qBittorrent runs none: they are handed over as arguments',
  ];
  return flaws.filter((flaw) => flaw !== false);
}

/** It matters only where a proxy is set, but then the proxy gets hook and token, and the sidecar gets nothing. */
export function proxyFlaw({ direct, tool }: OurLine): string | false {
  const option = tool === 'curl' ? '--noproxy *' : '--proxy=off';
  return !direct && `lacks ${option}: it goes to the proxy that qBittorrent's options or environment name`;
}

function badHash(placeholder: string): string {
  return placeholder === '%I' ? 'that is "-" for torrents without a v1 hash' : 'that is no torrent ID';
}

/** A given address has to be that one. Without one, a host in another container is possible: port and path count. */
export function addressFlaw({ url: found, slot }: OurLine, { url, urlIsGiven }: Wanted): string | false {
  const [is, should] = [found, url].map((base) => URL.parse(`${base}/${PATHS[slot]}`));
  if (!is || !should) return 'calls no address';
  if (portOf(is) !== portOf(should)) return `calls port ${portOf(is)} instead of ${portOf(should)}`;
  const sameHost =
    is.hostname === should.hostname || (isLoopback(is.hostname) && isLoopback(should.hostname));
  if (urlIsGiven && (!sameHost || is.protocol !== should.protocol))
    return `calls ${is.host} instead of ${should.host}`;
  return is.pathname !== should.pathname && `calls ${is.pathname} instead of ${should.pathname}`;
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80');
}

function tokenFlaw(found: string | null, { token }: Wanted): string | false {
  if (token === null || found === token.reveal()) return false;
  return found === null ? 'does not show the HOOK_TOKEN' : 'shows another token than HOOK_TOKEN';
}
