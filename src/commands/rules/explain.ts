import { CONDITION_NAMES, checkCondition, decideRouting } from '../../../machines/routing/matching.ts';
import type { ConditionName } from '../../../machines/routing/matching.ts';
import { DEFAULT_ROUTE, NO_TOPIC_POLICY } from '../../../machines/routing/types.ts';
import { ruleFieldsOf } from '../../../machines/routing/fields.ts';
import { inMode } from '../../../machines/routing/topic-policy.ts';
import type { Observation } from '../../../machines/domain.ts';
import type { Rule, RuleFields, TopicPolicy } from '../../../machines/routing/types.ts';
import { formatSize } from '../../format/figures.ts';
import type { MessageOptions } from '../../ntfy/message.ts';
import { configOf } from '../config.ts';
import { EXIT } from '../exit.ts';
import { processTerminal } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { describeMessage, styleOf } from './messages.ts';
import { readSource } from './source.ts';
import type { RulesSource } from './source.ts';
import { readTorrent, torrentOfOptions } from './torrent.ts';
import type { ExplainOptions } from './torrent.ts';

/** Prints which rule applies to a torrent, why the others do not, and what is sent. */
export async function explainRules(
  hash: string | undefined,
  { file, ...given }: ExplainOptions,
  terminal: Terminal = processTerminal(),
  now = Date.now(),
): Promise<number> {
  const { err, out } = terminal;
  if (hash !== undefined && !/^[0-9a-f]{40}$/i.test(hash)) {
    err('The hash must have 40 hexadecimal digits.');
    return EXIT.usage;
  }
  const source = readSource(typeof file === 'string' ? file : undefined, terminal);
  if (typeof source === 'number') return source;
  const torrent = await findTorrent(hash, given, terminal);
  if (typeof torrent === 'number') return torrent;
  for (const line of explain(source, torrent, { ...source.format, now })) out(line);
  return EXIT.ok;
}

async function findTorrent(
  hash: string | undefined,
  given: ExplainOptions,
  terminal: Terminal,
): Promise<Observation | number> {
  if (hash === undefined) {
    const read = torrentOfOptions(given);
    if (read.ok) return read.value;
    terminal.err(read.message);
    return EXIT.usage;
  }
  const config = configOf(terminal);
  if (config === null) return EXIT.config;
  const read = await readTorrent(hash, config);
  if (read.ok) return read.value;
  terminal.err(`${read.failure.message}.`);
  return EXIT.failed;
}

/** The explanation, one line each. Names no topic. */
export function explain(
  { rules: ruleSet, progress }: Pick<RulesSource, 'rules' | 'progress'>,
  torrent: Observation,
  options: MessageOptions & { now: number },
): string[] {
  const { rules, topicSettings } = ruleSet;
  const fields = ruleFieldsOf(torrent);
  const decided = decideRouting(rules, fields);
  const topic = topicSettings.get(decided.route) ?? NO_TOPIC_POLICY;
  const routing = inMode(decided, { progress }, { topic: () => topic });
  const last = routing.rule === null ? rules.length : rules.findIndex(({ name }) => name === routing.rule);
  return [
    `Torrent: ${describeFields(fields, options)}`,
    ...rules.map((rule, index) => `${index + 1}. ${rule.name}: ${reasonOf(rule, fields, index - last)}`),
    routing.rule === null ? 'No rule applies.' : `Rule "${routing.rule}" applies.`,
    ...(routing.isDecided
      ? []
      : [
          'Not decided before the metadata: a rule above could still match. Only alerts are sent until then.',
        ]),
    `Topic: ${routing.route === DEFAULT_ROUTE ? 'NTFY_TOPIC' : "the rule's own"}`,
    ...describeTopic(topic),
    `Sends: ${[...routing.send].join(', ') || 'nothing'}`,
    ...[...routing.send].flatMap((kind) =>
      describeMessage(
        kind,
        torrent,
        styleOf(ruleSet, routing.rule, routing.priority, kind),
        options,
        routing.buttons?.[kind],
      ),
    ),
  ];
}

/** The settings of a topic, one line; none without any. */
function describeTopic({ digestFrom, summaryFrom, progress }: TopicPolicy): string[] {
  const settings = { digest_from: digestFrom, summary_from: summaryFrom, progress };
  const set = Object.entries(settings).filter(([, value]) => value !== undefined);
  return set.length === 0
    ? []
    : [`Topic settings: ${set.map(([name, value]) => `${name} ${value ?? 'never'}`).join(', ')}`];
}

function describeFields(
  { name, category, tags, tracker, path, size, private: isPrivate }: RuleFields,
  options: MessageOptions,
): string {
  const parts = {
    category: category === '' ? 'none' : category,
    tags: tags.length === 0 ? 'none' : tags.join(', '),
    tracker,
    path,
    size: size === null ? null : formatSize(size, options),
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
