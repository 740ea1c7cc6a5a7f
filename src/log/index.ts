import { pino } from 'pino';
import { printable } from '../util/printable.ts';
import { cleanFields } from './clean.ts';
import { prettyLine } from './pretty.ts';

/** From what only a developer wants to what somebody has to mend. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Writes one line. Whatever comes from a torrent or a server belongs into `fields`, never into `message`. */
export type Write = (message: string, fields?: Record<string, unknown>) => void;

/** Says what happens. Never throws, whatever it is given. */
export interface Logger {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** A logger that adds these fields to each of its lines. A field of a line wins over one of its logger. */
  readonly child: (fields: Record<string, unknown>) => Logger;
}

export interface LoggerOptions {
  /** The least level that is written. */
  level: LogLevel;
  /** Coloured lines for people instead of JSON lines. Default: whether stdout is a terminal. */
  pretty?: boolean;
  /** Takes each finished line, its newline included. Default: stdout. */
  write?: (line: string) => void;
}

/**
 * Makes a logger: JSON lines (`time` in ISO 8601, `level`, `message`, then the fields) or, on a terminal,
 * readable ones. Secrets print as `***`, errors as name and message (with their stack at level `debug`).
 *
 * @example
 * const log = createLogger({ level: 'info' }).child({ hash });
 * log.info('the torrent is complete', { name });
 */
export function createLogger(options: LoggerOptions): Logger {
  const { level, pretty = process.stdout.isTTY, write = toStdout() } = options;
  const stacks = level === 'debug';
  const sink = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: (fields) => cleanFields(fields, stacks) },
    },
    {
      write: (line: string) =>
        attempt(() => write(pretty ? prettyLine(line) : `${printable(line.trimEnd())}\n`)),
    },
  );
  return withFields(sink, {});
}

type Sink = Record<LogLevel, (fields: object, message: string) => void>;

/** The fields are merged here and not by pino's `child`, which would write a key twice. */
function withFields(sink: Sink, bound: Record<string, unknown>): Logger {
  const at =
    (level: LogLevel): Write =>
    (message, fields) => {
      try {
        sink[level]({ ...bound, ...fields }, message);
      } catch {
        // A getter that throws is no reason to lose the line, let alone the process.
        sink[level]({ unloggable: true }, message);
      }
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => withFields(sink, { ...bound, ...fields }),
  };
}

/** A reader that went away (`… | head`) must not take the process along: an unheard `error` event would. */
function toStdout(): (line: string) => void {
  if (!process.stdout.listeners('error').includes(ignore)) process.stdout.on('error', ignore);
  return (line) => {
    process.stdout.write(line);
  };
}

/** When the log itself can't be written, there is no place left to say it. */
function attempt(write: () => void): void {
  try {
    write();
  } catch {}
}

function ignore(): void {}
