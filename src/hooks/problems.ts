import type { SlotName } from '../qbittorrent/preferences.ts';
import { isLoopback } from '../util/loopback.ts';
import { PATHS } from './line.ts';
import type { DesiredLine } from './line.ts';
import type { OurLine } from './read-line.ts';

/** Why a hook line does not work, each as a phrase that continues "the line …". They contain no token. */
export function problemsOf(
  line: OurLine,
  slot: SlotName,
  desired: DesiredLine,
  supportsIds: boolean,
): string[] {
  const problems = [
    line.slot !== slot && `calls /${PATHS[line.slot]} instead of /${PATHS[slot]}`,
    supportsIds &&
      line.placeholder !== '%K' &&
      `uses ${line.placeholder} instead of %K: ${explainPlaceholder(line.placeholder)}`,
    addressProblem(line, desired),
    !line.posts && 'does not use POST',
    tokenProblem(line.token, desired),
    proxyProblem(line),
    line.operators && 'contains shell operators, but qBittorrent runs no shell: they are passed as arguments',
  ];
  return problems.filter((problem) => problem !== false);
}

/** Matters only when a proxy is configured: then the proxy receives the hook and its token, and the sidecar nothing. */
export function proxyProblem({ direct, tool }: OurLine): string | false {
  const option = tool === 'curl' ? '--noproxy *' : '--proxy=off';
  return !direct && `lacks ${option}: it uses the proxy of qBittorrent's options or environment`;
}

function explainPlaceholder(placeholder: string): string {
  return placeholder === '%I' ? 'which is "-" for torrents without a v1 hash' : 'which is not a torrent ID';
}

/** An address from the settings must match. Otherwise the host may be another container: only port and path must match. */
export function addressProblem(
  { url: found, slot }: OurLine,
  { url, isUrlGiven }: DesiredLine,
): string | false {
  const [is, should] = [found, url].map((base) => URL.parse(`${base}/${PATHS[slot]}`));
  if (!is || !should) return 'contains no valid address';
  if (portOf(is) !== portOf(should)) return `calls port ${portOf(is)} instead of ${portOf(should)}`;
  const sameHost =
    is.hostname === should.hostname || (isLoopback(is.hostname) && isLoopback(should.hostname));
  if (isUrlGiven && (!sameHost || is.protocol !== should.protocol))
    return `calls ${is.host} instead of ${should.host}`;
  return is.pathname !== should.pathname && `calls ${is.pathname} instead of ${should.pathname}`;
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80');
}

function tokenProblem(found: string | null, { token }: DesiredLine): string | false {
  if (token === null || found === token.reveal()) return false;
  return found === null ? 'does not send HOOK_TOKEN' : 'sends another token than HOOK_TOKEN';
}
