/** The selectors of a PromQL expression, by Prometheus' own grammar. */
import { parser } from '@prometheus-io/lezer-promql';

/** One selector: `name{label="value", …}`. */
export interface Selector {
  metric: string;
  matchers: { label: string; operator: string; value: string }[];
}

export interface PromqlParts {
  selectors: Selector[];
  /** The labels after `by`, `without`, `on` and the like. */
  groupings: string[];
}

/** Throws for an invalid expression. */
export function readPromql(expression: string): PromqlParts {
  const selectors: Selector[] = [];
  const groupings: string[] = [];
  parser.parse(expression).iterate({
    enter({ name, node, from, to, type }) {
      const text = expression.slice(from, to);
      if (type.isError) throw new Error(`no PromQL at ${from}: ${expression}`);
      if (name === 'Identifier') selectors.push({ metric: text, matchers: [] });
      else if (name === 'UnquotedLabelMatcher') {
        const [label = '', operator = '', value = ''] = text.split(/\s*(=~|!~|!=|=)\s*/);
        selectors.at(-1)?.matchers.push({ label, operator, value: JSON.parse(value) as string });
      } else if (name === 'LabelName' && node.parent?.name === 'GroupingLabels') groupings.push(text);
    },
  });
  return { selectors, groupings };
}
