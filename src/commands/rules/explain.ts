import { CONDITION_NAMES, checkCondition, decideRouting } from '../../../machines/routing/matching.ts';
import type { ConditionName } from '../../../machines/routing/matching.ts';
import { DEFAULT_ROUTE } from '../../../machines/routing/types.ts';
import type { Routing, Rule, RuleFields, SendKind } from '../../../machines/routing/types.ts';
import type { RuleSet, Style } from '../../config/rules/index.ts';
import { formatSize } from '../../format/figures.ts';
import { configOf } from '../config.ts';
import { EXIT } from '../exit.ts';
import { processTerminal } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { fieldsOfOptions, fieldsOfTorrent } from './fields.ts';
import type { ExplainOptions } from './fields.ts';
import { readSource } from './source.ts';

/** Describes the message of a kind, one line each. */
export type DescribeMessage = (message: {
  kind: SendKind;
  style: Style;
  fields: RuleFields;
  rule: string;
}) => readonly string[];

/** Prints which rule applies to a torrent, why the others do not, and what is sent. */
export async function explainRules(
  hash: string | undefined,
  { file, ...given }: ExplainOptions,
  terminal: Terminal = processTerminal(),
  describe: DescribeMessage = describeTemplates,
): Promise<number> {
  const { err, out } = terminal;
  if (hash !== undefined && !/^[0-9a-f]{40}$/i.test(hash)) {
    err('The hash must have 40 hexadecimal digits.');
    return EXIT.usage;
  }
  const source = readSource(typeof file === 'string' ? file : undefined, terminal);
  if (typeof source === 'number') return source;
  const fields = await readFields(hash, given, terminal);
  if (typeof fields === 'number') return fields;
  for (const line of explain(source.rules, fields, describe)) out(line);
  return EXIT.ok;
}

async function readFields(
  hash: string | undefined,
  given: ExplainOptions,
  terminal: Terminal,
): Promise<RuleFields | number> {
  if (hash === undefined) {
    const read = fieldsOfOptions(given);
    if (read.ok) return read.value;
    terminal.err(read.message);
    return EXIT.usage;
  }
  const config = configOf(terminal);
  if (config === null) return EXIT.config;
  const read = await fieldsOfTorrent(hash, config);
  if (read.ok) return read.value;
  terminal.err(`${read.failure.message}.`);
  return EXIT.failed;
}

/** The explanation, one line each. Names no topic. */
export function explain(
  { rules, styles }: RuleSet,
  fields: RuleFields,
  describe: DescribeMessage = describeTemplates,
): string[] {
  const routing = decideRouting(rules, fields);
  const last = routing.rule === null ? rules.length : rules.findIndex(({ name }) => name === routing.rule);
  return [
    `Torrent: ${describeFields(fields)}`,
    ...rules.map((rule, index) => `${index + 1}. ${rule.name}: ${reasonOf(rule, fields, index - last)}`),
    routing.rule === null ? 'No rule applies.' : `Rule "${routing.rule}" applies.`,
    ...(routing.isDecided
      ? []
      : [
          'Not decided before the metadata: a rule above could still match. Only alerts are sent until then.',
        ]),
    `Topic: ${routing.route === DEFAULT_ROUTE ? 'NTFY_TOPIC' : "the rule's own"}`,
    `Sends: ${[...routing.send].join(', ') || 'nothing'}`,
    ...describeMessages(routing, styles, (kind, style, rule) => describe({ kind, style, fields, rule })),
  ];
}

function describeFields({
  name,
  category,
  tags,
  tracker,
  path,
  size,
  private: isPrivate,
}: RuleFields): string {
  const parts = {
    category: category === '' ? 'none' : category,
    tags: tags.length === 0 ? 'none' : tags.join(', '),
    tracker,
    path,
    size: size === null ? null : formatSize(size),
    private: isPrivate,
  };
  return [
    `name ${name ?? 'unknown'}`,
    ...Object.entries(parts).map(([part, value]) => `${part} ${value ?? 'unknown'}`),
  ].join('; ');
}

/** @param distance to the rule that applies: below 0 above it */
function reasonOf({ conditions }: Rule, fields: RuleFields, distance: number): string {
  if (distance === 0) return 'matches';
  if (distance > 0) return 'not checked: a rule above it matches';
  const of = (wanted: 'no' | 'unknown'): ConditionName[] =>
    CONDITION_NAMES.filter((name) => checkCondition(name, conditions, fields) === wanted);
  const [wrong, unknown] = [of('no'), of('unknown')];
  return [
    ...(wrong.length === 0 ? [] : [`${wrong.join(', ')} ${wrong.length === 1 ? 'does' : 'do'} not match`]),
    ...(unknown.length === 0 ? [] : [`${unknown.join(', ')} unknown`]),
  ].join('; ');
}

function describeMessages(
  { rule, send, priority }: Routing,
  styles: RuleSet['styles'],
  describe: (kind: SendKind, style: Style, rule: string) => readonly string[],
): string[] {
  if (rule === null) return [];
  return [...send].flatMap((kind) => {
    const [own, style] = [priority[kind], styles.get(rule)?.[kind]];
    const lines = [
      ...(own === undefined ? [] : [`priority: ${own}`]),
      ...(style === undefined ? [] : describe(kind, style, rule)),
    ];
    return lines.map((line) => `${kind}: ${line}`);
  });
}

const describeTemplates: DescribeMessage = ({ style }) =>
  Object.entries(style).map(
    ([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`,
  );
