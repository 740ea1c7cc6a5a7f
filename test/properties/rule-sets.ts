/** The rules that a timeline switches between. */
import * as fc from 'fast-check';
import type { Decision } from '../support/rules.ts';
import type { Model } from './model.ts';

/** Categories of torrents; `hidden` is what some rules exclude. */
const CATEGORIES = ['', 'films', 'music', 'hidden'] as const;

export const RULE_SETS = {
  none: () => null,
  /** A topic for films; the rule is decided with the metadata. */
  topics: ({ category, name }) => {
    if (name === null) return { isDecided: false };
    if (category === 'films') return { rule: 'films', route: 'films', priority: { completion: 5 } };
    return category === 'hidden' ? { rule: 'hidden', send: [] } : null;
  },
  /** Other topics, and silent completions of music. */
  others: ({ category }) => {
    if (category === 'films') return { rule: 'films', route: 'movies' };
    if (category === 'music') return { rule: 'music', route: 'films', priority: { completion: 1 } };
    return category === 'hidden' ? { rule: 'hidden', route: 'films', send: ['alerts'] } : null;
  },
  /** Everything on one topic, with all kinds of notifications. */
  all: ({ category }) =>
    category === 'hidden'
      ? { rule: 'hidden', route: 'movies', send: ['progress'] }
      : {
          rule: 'all',
          route: 'movies',
          send: ['added', 'progress', 'completion', 'alerts', 'removed'],
        },
  /** No progress of films, no alerts of music. */
  less: ({ category }) => {
    if (category === 'films')
      return { rule: 'films', route: 'films', send: ['completion', 'alerts', 'removed'] };
    if (category === 'music') return { rule: 'music', send: ['progress', 'completion'] };
    return category === 'hidden' ? { rule: 'hidden', send: [] } : null;
  },
} satisfies Record<string, Decision>;

type RuleSetName = keyof typeof RULE_SETS;

const RULE_SET_NAMES = Object.keys(RULE_SETS) as readonly RuleSetName[];

/** What can happen in a model with rules. */
export type RuleStep =
  | { do: 'category'; n: number; category: string }
  | { do: 'rules'; rules: RuleSetName }
  | { do: 'refuse'; route: string; refused: boolean };

const act = <D extends RuleStep['do']>(name: D) => fc.constant(name);

/** @param n the number of a torrent */
export const ruleSteps = (n: fc.Arbitrary<number>) => ({
  category: fc.record({ do: act('category'), n, category: fc.constantFrom(...CATEGORIES) }),
  rules: fc.record({ do: act('rules'), rules: fc.constantFrom(...RULE_SET_NAMES) }),
  refuse: fc.record({
    do: act('refuse'),
    route: fc.constantFrom('films', 'movies'),
    refused: fc.boolean(),
  }),
});

/** Executes such a step. */
export function changeRules({ qbittorrent, rules, state }: Model, step: RuleStep): void {
  if (step.do === 'category') qbittorrent.change(step.n, () => ({ category: step.category }));
  else if (step.do === 'rules') rules.change(RULE_SETS[step.rules]);
  else if (step.refused) state.refused.add(step.route);
  else state.refused.delete(step.route);
}
