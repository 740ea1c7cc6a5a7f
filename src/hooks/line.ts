/** What stands in qBittorrent so that it calls the sidecar. qBittorrent runs no shell (reference/qbittorrent.md, 5). */
import type { Secret } from '../util/secret.ts';
import type { SlotName } from '../qbittorrent/preferences.ts';

/** What can call an address from a command line. */
export type Tool = 'curl' | 'wget';

/** What a hook line has to say. */
export interface Wanted {
  /** How qBittorrent reaches the hook API, without a slash at its end. */
  url: string;
  /** `url` was given by the owner, and is not only the default: a line with another host is wrong then. */
  urlIsGiven: boolean;
  token: Secret | null;
  tool: Tool;
}

/** Where a torrent's hash goes: its ID since 4.4, before that its v1 hash, which was the ID then. */
export type Placeholder = '%K' | '%I';

export const PATHS: Record<SlotName, string> = { added: 'track', finished: 'finished' };

/**
 * A header that remembers, in the line itself, that the empty slot had been switched on: `uninstall-hook` needs no
 * memory beside qBittorrent's own. Off is what nearly everybody has, and is said by leaving it out.
 */
export const WAS_ON = 'X-Hook-Was: on';

export interface LineOptions extends Pick<Wanted, 'url' | 'tool'> {
  slot: SlotName;
  placeholder: Placeholder;
  /** The path of the tool. Default: its name. */
  program?: string;
  /** The token itself, or what is shown in its place. */
  token: string | null;
  wasOn?: boolean;
}

/**
 * The command for a slot. Only a hash ever reaches the URL.
 *
 * @example
 * hookLine({ slot: 'added', url: 'http://localhost:9090', tool: 'curl', placeholder: '%K', token: null });
 * // curl -q -fsS -m 5 --noproxy * -X POST "http://localhost:9090/track?hash=%K"
 */
export function hookLine({ slot, placeholder, token, wasOn = false, ...rest }: LineOptions): string {
  const headers = [...(token === null ? [] : [`Authorization: Bearer ${token}`]), ...(wasOn ? [WAS_ON] : [])];
  const everywhere = everywhereFor(placeholder);
  return callLine({ ...rest, path: `${PATHS[slot]}?hash=${placeholder}`, headers, everywhere });
}

/** The same call for a script, where the hash is the first argument. */
export function scriptLine({
  slot,
  url,
  tool,
  token,
}: Omit<LineOptions, 'placeholder' | 'program' | 'wasOn'>): string {
  const headers = token === null ? [] : [`Authorization: Bearer ${token}`];
  return callLine({ url, tool, path: `${PATHS[slot]}?hash=$1`, headers, everywhere: '"*"' });
}

/** A line as it is, but for the option that makes it go past every proxy: the last `--noproxy` is the one that counts. */
export function pastProxies(
  line: string,
  { tool, placeholder }: { tool: Tool; placeholder: string },
): string {
  const option = tool === 'curl' ? `--noproxy ${everywhereFor(placeholder)}` : '--proxy=off';
  return line
    .replaceAll(/ +--noproxy +(?:"[^"]*"|[^\s"]+)/g, '')
    .replace(/^(?:"[^"]*"|[^\s"]+)/, (program) => `${program} ${option}`);
}

/** Before 4.1.7 a shell reads the line, and an asterisk without quotes stands for file names. */
const everywhereFor = (placeholder: string): Call['everywhere'] => (placeholder === '%K' ? '*' : '"*"');

interface Call {
  url: string;
  tool: Tool;
  program?: string;
  path: string;
  headers: string[];
  /** An asterisk, as whatever reads the line has to see it. */
  everywhere: '*' | '"*"';
}

/**
 * No proxy and no `.curlrc`: qBittorrent's children inherit its environment, and 4.5 and 5.1 add the proxy of their
 * options to it (reference/qbittorrent.md, section 5). Single quotes would be a part of the asterisk. wget gets options
 * that GNU's and BusyBox's both know. No `-T`: Debian's BusyBox 1.35, built without it, crashes on it.
 */
function callLine({ url, tool, program = tool, path, headers, everywhere }: Call): string {
  const options =
    tool === 'curl'
      ? `-q -fsS -m 5 --noproxy ${everywhere} -X POST`
      : '-q -O /dev/null -t 1 --proxy=off --post-data=';
  const option = tool === 'curl' ? '-H' : '--header';
  const start = program.includes(' ') ? `"${program}"` : program;
  return [start, options, ...headers.map((header) => `${option} "${header}"`), `"${url}/${path}"`].join(' ');
}

/** Why no line can be made of these, or `null`. A quote would end the argument, a percent sign names a placeholder. */
export function obstacleTo({ url, token }: Pick<Wanted, 'url' | 'token'>): string | null {
  if (/["%\s]/.test(url)) return "the hook's address holds a character that qBittorrent would change";
  if (token !== null && /["%]/.test(token.reveal()))
    return 'HOOK_TOKEN holds a " or a %, which qBittorrent would change: choose another token';
  return null;
}
