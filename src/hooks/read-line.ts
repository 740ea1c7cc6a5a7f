import type { SlotName } from '../qbittorrent/preferences.ts';
import { PATHS, WAS_ON } from './line.ts';
import type { Tool } from './line.ts';

/** A line that calls a sidecar, and nothing else. */
export interface OurLine {
  kind: 'ours';
  tool: Tool;
  /** The name or path of the program. */
  program: string;
  /** The address without the path. */
  url: string;
  slot: SlotName;
  /** `%K`, or another placeholder. */
  placeholder: string;
  token: string | null;
  /** Whether it uses POST. */
  posts: boolean;
  wasOn: boolean;
  /** Whether it bypasses the proxies of the environment. */
  direct: boolean;
  /** Whether it has options or headers that no version of `hookLine` writes. */
  hasMore: boolean;
  /** Shell redirections, which qBittorrent passes as arguments. */
  operators: boolean;
}

/** The content of an option. `script`: the user's script, which by its name calls the sidecar. */
export type ReadLine =
  | OurLine
  | { kind: 'empty' }
  | { kind: 'script'; program: string }
  | { kind: 'foreign'; program: string; callsUs: boolean };

/**
 * Splits a line as qBittorrent does on Unix since 4.4: at blanks outside of quotes. Quotes are removed only around a
 * whole argument (`Utils::String::splitCommand`).
 */
export function splitCommand(line: string): string[] {
  return [...line.matchAll(/(?:"[^"]*"?|[^\s"])+/g)].map(([part]) => /^"([^"]*)"$/.exec(part)?.[1] ?? part);
}

/** Parses a command: none, the sidecar's line (in any form), a script for chaining, or another command. */
export function readLine(line: string): ReadLine {
  if (line === '') return { kind: 'empty' };
  const [path = '', ...args] = splitCommand(line);
  const program = path.replace(/^.*[\\/]/, '');
  if (/^qbit-ntfy[-\w]*(?:\.sh)?$/.test(program)) return { kind: 'script', program };
  const [, tool] = /^(curl|wget)(?:\.exe)?$/.exec(program) ?? [];
  const ours = tool === 'curl' || tool === 'wget' ? readCall(tool, path, args) : null;
  return ours ?? { kind: 'foreign', program, callsUs: /\/(?:track|finished)\?hash=/.test(line) };
}

/** Options that take the next argument. */
const VALUED =
  /^(?:-[mXHoOTtAUdY]|--(?:max-time|request|header|output|output-document|timeout|tries|connect-timeout|retry|data|noproxy))$/;
const BEARER = /^authorization:\s*bearer\s+(\S+)$/i;
const REDIRECTION = /^(?:[12&]?>>?(?:&[12])?(?:\/dev\/null)?|&)$/;

function readCall(tool: Tool, program: string, args: readonly string[]): OurLine | null {
  const options: Array<[name: string, value: string]> = [];
  const rest: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (VALUED.test(arg)) options.push([arg, args[(index += 1)] ?? '']);
    else if (arg.startsWith('-')) options.push([arg, '']);
    else rest.push(arg);
  }
  const operators = rest.filter((arg, index) => REDIRECTION.test(arg) || isTarget(rest, index));
  const [address = '', ...others] = rest.filter((arg) => !operators.includes(arg));
  const [, url, path, placeholder] = /^(https?:\/\/[^?#]+)\/(\w+)\?hash=(%[A-Z])$/.exec(address) ?? [];
  const slot = path === PATHS.added ? 'added' : path === PATHS.finished ? 'finished' : null;
  if (url === undefined || placeholder === undefined || slot === null || others.length > 0) return null;
  const direct = isDirect(tool, options, URL.parse(url)?.hostname);
  return {
    kind: 'ours',
    tool,
    program,
    url,
    slot,
    placeholder,
    operators: operators.length > 0,
    direct,
    hasMore: !options.every(isStandard),
    ...readOptions(options),
  };
}

/** `> /dev/null`, in two arguments. */
function isTarget(rest: readonly string[], index: number): boolean {
  return rest[index] === '/dev/null' && REDIRECTION.test(rest[index - 1] ?? '');
}

type Options = ReadonlyArray<[name: string, value: string]>;

const STANDARD =
  /^(?:-[fsSq]+|-[mXOtoT]|-XPOST|--(?:silent|fail|show-error|quiet|max-time|timeout|tries|request|output-document|output|noproxy|no-proxy|request=POST|proxy=off|post-data(?:=.*)?))$/;

/** Whether a new line does the same without it. */
const isStandard = ([name, value]: [name: string, value: string]): boolean =>
  STANDARD.test(name) || ((name === '-H' || name === '--header') && (BEARER.test(value) || value === WAS_ON));

/** curl uses the last `--noproxy`, and accepts an asterisk only as its whole value. */
function isDirect(tool: Tool, options: Options, host?: string): boolean {
  if (tool === 'wget')
    return options.some(
      ([name, value]) =>
        /^(?:--proxy=off|--no-proxy|-Yoff)$/.test(name) || (name === '-Y' && value === 'off'),
    );
  const [, hosts = ''] = options.findLast(([name]) => name === '--noproxy') ?? [];
  return hosts === '*' || (host !== undefined && hosts.split(',').includes(host));
}

function readOptions(options: Options): Pick<OurLine, 'token' | 'posts' | 'wasOn'> {
  const headers = options.filter(([name]) => name === '-H' || name === '--header').map(([, value]) => value);
  const tokens = headers.map((header) => BEARER.exec(header)?.[1]);
  return {
    token: tokens.find((token) => token !== undefined) ?? null,
    posts: options.some(
      ([name, value]) =>
        /^(?:-XPOST|--request=POST|--method=POST|--post-data(?:=.*)?|-d|--data)$/.test(name) ||
        (/^(?:-X|--request)$/.test(name) && value === 'POST'),
    ),
    wasOn: headers.includes(WAS_ON),
  };
}
