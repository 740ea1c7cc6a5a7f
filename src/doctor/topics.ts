import { DEFAULT_ROUTE } from '../../machines/routing/types.ts';
import type { RuleSet } from '../config/rules/index.ts';
import { ok } from './finding.ts';
import type { Outcome } from './finding.ts';

/** Topics that are tried: each costs a request, of which ntfy allows 60 at once. */
const MAX_TOPICS = 20;

/**
 * Whether the sidecar may publish to the topics of the rules. Names rules, because topics are secrets.
 *
 * @param own the result for `NTFY_TOPIC`
 * @param check tries a topic
 */
export async function checkTopics(
  { topics, rules }: RuleSet,
  own: Outcome,
  check: (topic: string) => Promise<Outcome>,
): Promise<Outcome> {
  const others = [...topics].filter(([route]) => route !== DEFAULT_ROUTE);
  for (const [route, topic] of others.slice(0, MAX_TOPICS)) {
    const outcome = await check(topic);
    if (outcome.status === 'ok') continue;
    const name = rules.find((rule) => rule.route === route)?.name;
    const where = name === undefined ? 'a topic in `topics`' : `the topic of the rule "${name}"`;
    return { ...outcome, found: `${where}: ${outcome.found}` };
  }
  return others.length === 0 ? own : ok(`${own.found}, and to those of the rules`);
}
