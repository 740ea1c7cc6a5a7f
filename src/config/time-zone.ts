/** Parses `TZ` in the forms that systems use. An invalid value does not prevent the start: other programs read it, too. */
import { readFileSync, realpathSync } from 'node:fs';

/** The two functions of `node:fs` that are needed for the system's zone; both may throw. */
export interface ZoneFiles {
  realPath: (path: string) => string;
  readFile: (path: string) => string;
}

/** A time zone for `Intl`. `undefined`: its default. */
export interface TimeZone {
  name: string | undefined;
  /** Whether the text is valid. Otherwise `name` is the system's zone. */
  isKnown: boolean;
}

const LOCALTIME = '/etc/localtime';

const system: ZoneFiles = {
  realPath: (path) => realpathSync(path),
  readFile: (path) => readFileSync(path, 'utf8'),
};

/**
 * Reads a time zone as the C library does (tzset(3)): an IANA name, or the path of its file, both also behind a colon,
 * or a POSIX zone without daylight saving time, like `UTC0` and `<+03>-3`. `Intl` does not support POSIX rules.
 */
export function readTimeZone(text: string, files: ZoneFiles = system): TimeZone {
  const bare = text.trim().replace(/^:/, '');
  const name = bare.startsWith('/') ? nameOfFile(bare, files) : (validName(bare) ?? fixedOffset(bare));
  if (name !== undefined) return { name, isKnown: true };
  return { name: systemZone(files), isKnown: bare === '' || bare === LOCALTIME };
}

function systemZone(files: ZoneFiles): string | undefined {
  return (
    nameOfFile(LOCALTIME, files) ?? validName(attempt(() => files.readFile('/etc/timezone').trim()) ?? '')
  );
}

/** From its path, or from the path that it links to. */
function nameOfFile(path: string, { realPath }: ZoneFiles): string | undefined {
  const [, name = ''] = /\/zoneinfo\/(.+)$/.exec(path) ?? [];
  return (
    validName(name) ?? validName(/\/zoneinfo\/(.+)$/.exec(attempt(() => realPath(path)) ?? '')?.[1] ?? '')
  );
}

/** `posix/` and `right/` hold the same zones, without and with leap seconds. */
function validName(text: string): string | undefined {
  const name = text.replace(/^(?:posix|right)\//, '');
  return attempt(() => {
    new Intl.DateTimeFormat('en', { timeZone: name }).format();
    return name;
  });
}

/** In POSIX, west is positive: `CET-1` is `+01:00`. */
function fixedOffset(text: string): string | undefined {
  const zone = /^(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)([+-]?)(\d{1,2})(?::([0-5]\d))?$/.exec(text);
  if (zone === null) return undefined;
  const [, sign, hours = '', minutes = '00'] = zone;
  if (Number(hours) === 0 && Number(minutes) === 0) return 'UTC';
  return validName(`${sign === '-' ? '+' : '-'}${hours.padStart(2, '0')}:${minutes}`);
}

function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
