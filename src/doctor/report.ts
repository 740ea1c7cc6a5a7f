import type { Painted } from '../util/printable.ts';
import type { Finding, Status } from './finding.ts';

const SYMBOLS: Record<Status, string> = { ok: '✔', warn: '▲', fail: '✖', skip: '–' };
const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red', skip: 'gray' } as const;

/** Whether no check failed. */
export function isHealthy(findings: readonly Finding[]): boolean {
  return findings.every(({ status }) => status !== 'fail');
}

/** A line, in parts. */
export type Line = ReadonlyArray<string | Painted>;

/** The findings as lines: with symbols and colours for a terminal, as plain text for a pipe. */
export function report(findings: readonly Finding[], { pretty }: { pretty: boolean }): Line[] {
  const width = Math.max(...findings.map(({ title }) => title.length));
  const lines = findings.flatMap(({ status, title, found, advice }): Line[] => {
    const mark = pretty ? { text: SYMBOLS[status], colour: COLOURS[status] } : status.padEnd(4);
    const indent = ' '.repeat((pretty ? 2 : 5) + width + 2);
    return [
      [mark, ` ${title.padEnd(width)}  ${found}`],
      ...(advice === null ? [] : [[`${indent}${pretty ? '→' : 'do:'} ${advice}`]]),
    ];
  });
  return [...lines, [], [conclusion(findings)]];
}

function conclusion(findings: readonly Finding[]): string {
  const wrong = findings.filter(({ status }) => status === 'fail');
  if (wrong.length === 0) return 'No check failed.';
  return `${wrong.length === 1 ? '1 check' : `${wrong.length} checks`} failed. First: ${wrong[0]?.title}.`;
}

/** The findings as JSON. */
export function reportJson(findings: readonly Finding[]): Line[] {
  const text = JSON.stringify({ ok: isHealthy(findings), findings }, null, 2);
  return text.split('\n').map((line) => [line]);
}
