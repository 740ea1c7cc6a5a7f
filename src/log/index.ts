import { pino } from 'pino';
import { printable } from '../util/printable.ts';
import { cleanFields } from './clean.ts';
import { prettyLine } from './pretty.ts';

/** In the order of severity. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Writes one line. Text from torrents and servers belongs into `fields`, never into `message`. */
export type Write = (message: string, fields?: Record<string, unknown>) => void;

/** Writes log lines. Never throws. */
export interface Logger {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** A logger that adds these fields to each of its lines. Fields of a line take precedence. */
  readonly child: (fields: Record<string, unknown>) => Logger;
}

export interface LoggerOptions {
  /** The minimum level that is written. */
  level: LogLevel;
  /** Coloured text instead of JSON lines. Default: whether stdout is a terminal. */
  pretty?: boolean;
  /** Receives each line with its newline. Default: stdout. */
  write?: (line: string) => void;
}

/**
 * Creates a logger: JSON lines (`time` in ISO 8601, `level`, `message`, then the fields) or, on a terminal, text.
 * Secrets are written as `***`, errors as name and message (with their stack at level `debug`).
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
        // For example a getter that throws: the line is written without its fields.
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

/** A reader that closed the pipe (`… | head`) must not end the process: an unhandled `error` event would. */
function toStdout(): (line: string) => void {
  if (!process.stdout.listeners('error').includes(ignore)) process.stdout.on('error', ignore);
  return (line) => {
    process.stdout.write(line);
  };
}

/** A log line that cannot be written is lost: there is no place to report it. */
function attempt(write: () => void): void {
  try {
    write();
  } catch {}
}

function ignore(): void {}
