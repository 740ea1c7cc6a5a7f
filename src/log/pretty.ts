import { styleText } from 'node:util';
import { printable } from '../util/printable.ts';

type Style = Parameters<typeof styleText>[0];

const styles: Record<string, Style> = { debug: 'gray', info: 'green', warn: 'yellow', error: 'red' };

/**
 * Converts one line of the JSON log to text for a terminal: `08:15:42 info  message key=value`.
 * A stack follows on separate lines, each with a bar, so that it cannot be mistaken for a log line.
 * `NO_COLOR` is honoured: https://no-color.org
 */
export function prettyLine(json: string): string {
  const line: Record<string, unknown> = JSON.parse(json);
  const { time, level, message, ...fields } = line;
  const stacks: string[] = [];
  const pairs = Object.entries(fields).map(([key, value]) => {
    stacks.push(...stacksIn(value));
    return `${paint('cyan', printable(key))}=${printable(short(value))}`;
  });
  const name = String(level);
  const head = [
    paint('gray', clock(String(time))),
    paint(styles[name] ?? 'white', name.padEnd(5)),
    printable(String(message)),
  ];
  const below = stacks
    .flatMap((stack) => stack.split('\n'))
    .map((line) => `    ${paint('gray', `| ${printable(line)}`)}\n`);
  return `${[...head, ...pairs].join(' ')}\n${below.join('')}`;
}

function paint(style: Style, text: string): string {
  return process.env['NO_COLOR'] ? text : styleText(style, text, { validateStream: false });
}

/** The time of day in the time zone of `TZ`. */
function clock(time: string): string {
  return new Date(time).toLocaleTimeString('en-GB');
}

function short(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value)) return value;
  return JSON.stringify(value, (key, item: unknown) => (key === 'stack' ? undefined : item));
}

/** The stacks of an error and of its causes, outermost first. */
function stacksIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'stack' in value && typeof value.stack === 'string' ? [value.stack] : [];
  return [...own, ...('cause' in value ? stacksIn(value.cause) : [])];
}
