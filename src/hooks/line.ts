/** The command lines that call the sidecar. qBittorrent runs them without a shell (reference/qbittorrent.md, section 5). */
import type { Secret } from '../util/secret.ts';
import type { SlotName } from '../qbittorrent/preferences.ts';

/** The program that sends the request. */
export type Tool = 'curl' | 'wget';

/** What a hook line has to contain. */
export interface DesiredLine {
  /** The address at which qBittorrent reaches the hook API, without a trailing slash. */
  url: string;
  /** `url` comes from the settings, not from the default: a line with another host is wrong then. */
  isUrlGiven: boolean;
  token: Secret | null;
  tool: Tool;
}

/** The placeholder for the torrent's ID: `%K` since 4.4, before that `%I`, its v1 hash. */
export type Placeholder = '%K' | '%I';

export const PATHS: Record<SlotName, string> = { added: 'track', finished: 'finished' };

/**
 * A header that stores, in the line itself, that the empty option was enabled before: `uninstall-hook` needs no other
 * storage. Without it the option was disabled, the usual case.
 */
export const WAS_ON = 'X-Hook-Was: on';

export interface LineOptions extends Pick<DesiredLine, 'url' | 'tool'> {
  slot: SlotName;
  placeholder: Placeholder;
  /** The path of the tool. Default: its name. */
  program?: string;
  /** The token, or a placeholder for it. */
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
  const asterisk = asteriskFor(placeholder);
  return callLine({ ...rest, path: `${PATHS[slot]}?hash=${placeholder}`, headers, asterisk });
}

/** The same command for a script, with the hash as the first argument. */
export function scriptLine({
  slot,
  url,
  tool,
  token,
}: Omit<LineOptions, 'placeholder' | 'program' | 'wasOn'>): string {
  const headers = token === null ? [] : [`Authorization: Bearer ${token}`];
  return callLine({ url, tool, path: `${PATHS[slot]}?hash=$1`, headers, asterisk: '"*"' });
}

/** The same line with the option that bypasses all proxies: curl uses the last `--noproxy`. */
export function bypassProxies(
  line: string,
  { tool, placeholder }: { tool: Tool; placeholder: string },
): string {
  const option = tool === 'curl' ? `--noproxy ${asteriskFor(placeholder)}` : '--proxy=off';
  return line
    .replaceAll(/ +--noproxy +(?:"[^"]*"|[^\s"]+)/g, '')
    .replace(/^(?:"[^"]*"|[^\s"]+)/, (program) => `${program} ${option}`);
}

/** Before 4.1.7 a shell reads the line, and expands an asterisk without quotes to file names. */
const asteriskFor = (placeholder: string): Call['asterisk'] => (placeholder === '%K' ? '*' : '"*"');

interface Call {
  url: string;
  tool: Tool;
  program?: string;
  path: string;
  headers: string[];
  /** An asterisk, quoted if a shell reads the line. */
  asterisk: '*' | '"*"';
}

/**
 * Without proxy and `.curlrc`: child processes inherit qBittorrent's environment, and 4.5 and 5.1 add the proxy of their
 * options to it (reference/qbittorrent.md, section 5). Single quotes would become part of the asterisk. The options of
 * wget exist in GNU and BusyBox. No `-T`: Debian's BusyBox 1.35 is built without it, and crashes on it.
 */
function callLine({ url, tool, program = tool, path, headers, asterisk }: Call): string {
  const options =
    tool === 'curl'
      ? `-q -fsS -m 5 --noproxy ${asterisk} -X POST`
      : '-q -O /dev/null -t 1 --proxy=off --post-data=';
  const option = tool === 'curl' ? '-H' : '--header';
  const start = program.includes(' ') ? `"${program}"` : program;
  return [start, options, ...headers.map((header) => `${option} "${header}"`), `"${url}/${path}"`].join(' ');
}

/** Why no line can contain these, or `null`. A quote would end the argument, a percent sign begins a placeholder. */
export function obstacleTo({ url, token }: Pick<DesiredLine, 'url' | 'token'>): string | null {
  if (/["%\s]/.test(url))
    return "the hook's address contains a character that qBittorrent would change (a quote, a % or a blank)";
  if (token !== null && /["%]/.test(token.reveal()))
    return 'HOOK_TOKEN contains a " or a %, which qBittorrent would change: choose another token';
  return null;
}
