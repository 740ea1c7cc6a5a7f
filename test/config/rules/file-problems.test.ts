import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { problemOf, problemsOf, withLine } from './parsing.ts';

/** A whole file, and its problem. */
const files: Array<[title: string, text: string, problem: RegExp]> = [
  ['an empty file', '', /^1:1: the file is empty\.$/],
  ['only comments', '# rules:\n#  - name: a\n', /^1:1: the file is empty\.$/],
  ['a text', 'rules', /^1:1: the file must be a map with the key "rules"\.$/],
  ['a list', '- name: a', /^1:1: the file must be a map with the key "rules"\.$/],
  [
    'an unknown key at the top',
    'rule: []',
    /^1:1: the file has an unknown key "rule"; did you mean rules\?$/,
  ],
  ['a key without a value, as in a truncated file', 'rules:\n', /^1:7: rules must be a list of rules\.$/],
  ['a rule without a name', 'rules:\n  - send: []\n', /^2:5: rule 1: name is missing\.$/],
  ['a rule that is a text', 'rules: [films]', /^1:9: rule 1 must be a map of settings\.$/],
  ['a name with control characters', 'rules: [{ name: "a\\u202eb" }]', /^1:17: .*without control characters/],
  ['two rules of one name', 'rules: [{ name: a }, { name: a }]', /^1:30: rule "a" exists twice/],
  ['two documents', 'rules: []\n---\nrules: []\n', /more than one YAML document/],
  [
    'a topic that is an address',
    'topics: { "https://planted": {} }',
    /^1:11: a topic must be the name of a topic/,
  ],
  [
    'an unknown setting of a topic',
    'topics: { planted: { digestfrom: 2 } }',
    /^1:22: a topic has an unknown key "digestfrom"; did you mean digest_from\?$/,
  ],
  [
    'an invalid setting of a topic',
    'topics: { planted: { digest_from: 0 } }',
    /^1:35: a topic: digest_from must be a whole number from 1 to 1000, or never\.$/,
  ],
  [
    'a threshold that is too large',
    'topics: { planted: { summary_from: 1001 } }',
    /^1:36: a topic: summary_from must be a whole number from 1 to 1000, or never\.$/,
  ],
  [
    'a threshold that is no whole number',
    'topics: { planted: { summary_from: 2.5 } }',
    /^1:36: a topic: summary_from must be a whole number/,
  ],
  [
    'a threshold that is another word',
    'topics: { planted: { digest_from: off } }',
    /^1:35: a topic: digest_from must be a whole number from 1 to 1000, or never\.$/,
  ],
  [
    'the former name of a way to show progress',
    'topics: { planted: { progress: live } }',
    /^1:32: a topic: progress must be one of auto, cards, summary, milestones, none\.$/,
  ],
  ['quiet hours without an end', 'quiet: { from: "22:30" }', /^1:8: quiet\.to is missing\.$/],
  [
    'quiet hours that end when they begin',
    'quiet: { from: "22:30", to: "22:30" }',
    /^1:8: quiet must end at another time/,
  ],
  [
    'a time that does not exist',
    'quiet: { from: "24:00", to: "07:00" }',
    /^1:16: quiet\.from must be a time like "22:30"\.$/,
  ],
  [
    'a time without quotes, which is a number',
    'quiet: { from: 2230, to: "07:00" }',
    /^1:16: quiet\.from must be a time/,
  ],
  [
    'a template without quotes',
    'rules: [{ name: a, added: { title: {{name}} } }]',
    /^1:37: a key must be text; write a template in quotes: "{{name}}"\.$/,
  ],
  [
    'a glob without quotes',
    'rules: [{ name: a, match: { name: *.iso } }]',
    /^1:35: this is a YAML alias without an anchor; write a glob that begins with \* in quotes/,
  ],
  ['a tag of YAML', 'rules: [{ name: !secret a }]', /^1:17: this is not valid YAML: Unresolved tag\.$/],
];

describe('a file is rejected', () => {
  for (const [title, text, problem] of files) {
    test(title, () => assert.match(problemOf(text), problem));
  }

  test('with text after a template without quotes, and names the reason', () => {
    const problems = problemsOf(withLine('completion:\n      message: {{size}} in {{duration}}'));
    assert.match(
      problems.join('\n'),
      /^4:\d+: this is not valid YAML: .*; write a template in quotes: "{{name}}"\./m,
    );
  });

  test('for a list item that begins with * and needs quotes', () => {
    const problems = problemsOf('rules:\n  - name: a\n    match:\n      name:\n        - *\n');
    assert.match(problems.join('\n'), /^5:\d+: .*write a glob that begins with \* in quotes/m);
  });

  test('without quoting from it: what is not understood may be a topic', () => {
    const problems = problemsOf('rules: []\n"planted-topic" x\n- planted\n@planted\n');
    assert.ok(problems.length > 0);
  });
});

test('all problems are reported at once, in the order of the file', () => {
  const problems = problemsOf(`
rules:
  - name: one
    sned: []
    completion: { priority: 9, title: "{{nmae}}" }
  - name: one
    match: { size: big }
quiet: { from: "1", to: "07:00" }
`);
  assert.deepEqual(
    problems.map((problem) => problem.replace(/: .*/, '')),
    ['4:5', '5:29', '5:39', '6:11', '7:20', '8:16'],
  );
});

test('of very many problems the first fifty are listed, and the others counted', () => {
  const text = `rules:\n${Array.from({ length: 200 }, (_, index) => `  - name: r${index}\n    x: 1\n`).join('')}`;
  const problems = problemsOf(text);
  assert.equal(problems.length, 51);
  assert.match(problems.at(-1) ?? '', /and 150 more problems/);
});
