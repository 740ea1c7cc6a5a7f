import { NO_TOPIC_POLICY } from '../../../machines/routing/types.ts';
import { findNearest } from '../../config/nearest.ts';
import { EXIT } from '../exit.ts';
import type { Terminal } from '../terminal.ts';
import type { TestRule } from '../test-notification.ts';
import { stylesOf } from './messages.ts';
import { readSource } from './source.ts';

/** The rule of this name in `RULES_FILE`. Prints what is wrong; a number is an exit status. */
export function findTestRule(name: string, terminal: Terminal): TestRule | number {
  const source = readSource(undefined, terminal);
  if (typeof source === 'number') return source;
  const { rules, progress } = source;
  const rule = rules.rules.find((known) => known.name === name);
  if (rule !== undefined) {
    const { progress: mode = progress } = rules.topicSettings.get(rule.route) ?? NO_TOPIC_POLICY;
    const send = [...rule.send].filter((kind) => kind !== 'progress' || mode !== 'none');
    return { topic: rules.topics.get(rule.route), send: new Set(send), styles: stylesOf(rules, rule) };
  }
  const nearest = findNearest(
    name,
    rules.rules.map((known) => known.name),
  );
  const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
  terminal.err(`RULES_FILE has no rule "${name.slice(0, 64)}"${hint}`);
  return EXIT.usage;
}
