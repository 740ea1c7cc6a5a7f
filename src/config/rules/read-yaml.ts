/** Parses YAML within limits, and remembers where each value is. */
import { Composer, Lexer, LineCounter, Parser } from 'yaml';
import type { CST } from 'yaml';
import { LIMITS } from './limits.ts';
import { problemAt, problemOfFile, problemOnDemand } from './problem.ts';
import type { Position, RulesProblem } from './problem.ts';
import { QUOTE_GLOB, QUOTE_TEMPLATE, readNodes } from './read-nodes.ts';
import type { Place } from './read-nodes.ts';

/** The data of a YAML file. */
export interface Yaml {
  data: unknown;
  /**
   * The position of the value at a path, or of its deepest existing parent.
   *
   * @param key a key of that value, whose own position is returned
   */
  locate: (path: readonly PropertyKey[], key?: string) => Position;
}

type Read = { ok: true; yaml: Yaml } | { ok: false; problems: RulesProblem[] };

/** Comparing all keys of a map with each other would be quadratic: `readNodes` detects duplicates. */
const OPTIONS = { version: '1.2', uniqueKeys: false, resolveKnownTags: false, merge: false } as const;

/** Parses one YAML document (or JSON, which is valid YAML). Never throws. */
export function readYaml(text: string): Read {
  const lines = new LineCounter();
  lines.addNewLine(0);
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const scanned = scan(text, lines);
  if ('offset' in scanned) return { ok: false, problems: [problemAt(at(scanned.offset), scanned.message)] };
  const [document, second] = compose(scanned.tokens, text.length);
  if (document === undefined) return { ok: false, problems: [problemOfFile('the file is empty')] };
  const faults = [...document.errors, ...document.warnings].map(({ pos: [offset], message }) =>
    problemOnDemand(
      at(offset),
      () => `this is not valid YAML: ${withoutText(message)}${hintFor(text, offset)}`,
    ),
  );
  if (second !== undefined)
    faults.push(problemAt(at(second.range[0]), 'the file has more than one YAML document'));
  if (faults.length > 0) return { ok: false, problems: faults };
  const { data, place, problems } = readNodes(document.contents);
  if (problems.length > 0)
    return { ok: false, problems: problems.map(({ offset, message }) => problemAt(at(offset), message)) };
  if (data === null) return { ok: false, problems: [problemOfFile('the file is empty')] };
  return { ok: true, yaml: { data, locate: (path, key) => at(offsetOf(place, path, key)) } };
}

/** Splits the text into the tokens of YAML. The parser has its own stack, but what composes the tokens is recursive. */
function scan(
  text: string,
  lines: LineCounter,
): { tokens: CST.Token[] } | { offset: number; message: string } {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  let [count, aliases] = [0, 0];
  for (const lexeme of new Lexer().lex(text)) {
    count += 1;
    if (count > LIMITS.tokens)
      return { offset: parser.offset, message: `the file has more than ${LIMITS.tokens} YAML tokens` };
    if (lexeme.startsWith('*')) aliases += 1;
    if (aliases > LIMITS.aliases)
      return { offset: parser.offset, message: `the file has more than ${LIMITS.aliases} aliases` };
    // `%YAML 1.1` would change what the values mean.
    if (lexeme.startsWith('%') && parser.stack.length === 0)
      return { offset: parser.offset, message: 'the file has a YAML directive (a line that begins with %)' };
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > LIMITS.depth)
      return { offset: parser.offset, message: 'the file is nested too deeply' };
  }
  tokens.push(...parser.end());
  return { tokens };
}

/** Composes the documents. A text can have as many errors as tokens, and each would record a stack, which costs most of the time. */
function compose(tokens: readonly CST.Token[], length: number) {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return [...new Composer(OPTIONS).compose(tokens, true, length)];
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** The parser quotes what it does not understand, which may be a topic. */
const withoutText = (message: string): string => message.replace(/(?<=\w): [^]*$/, '');

/** The usual mistakes, by what is in that line. */
function hintFor(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  const line = text.slice(start, Math.min(end === -1 ? text.length : end, start + 1000));
  if (/[:,[-] *\{\{/.test(line)) return `; ${QUOTE_TEMPLATE}`;
  return /[:,[-] *\*/.test(line) ? `; ${QUOTE_GLOB}` : '';
}

function offsetOf(place: Place, path: readonly PropertyKey[], key?: string): number {
  let current = place;
  for (const step of path) {
    const next = typeof step === 'number' ? current.items?.[step] : current.keys?.get(String(step))?.value;
    if (next === undefined) return current.offset;
    current = next;
  }
  return (key === undefined ? undefined : current.keys?.get(key)?.offset) ?? current.offset;
}
