import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { problemOf, withLine } from './parsing.ts';

/** A line of a rule, and its problem. The line is the third, and begins in column 5. */
const lines: Array<[line: string, problem: RegExp]> = [
  ['sned: []', /^3:5: rule "own" has an unknown key "sned"; did you mean send\?$/],
  ['zzzzzzz: 1', /^3:5: rule "own" has an unknown key "zzzzzzz"; the keys are name, match, send, topic/],
  [
    'match: { categroy: films }',
    /^3:14: rule "own": match has an unknown key "categroy"; did you mean category\?$/,
  ],
  [
    'completion: { mesage: x }',
    /^3:19: rule "own": completion has an unknown key "mesage"; did you mean message\?$/,
  ],
  ['match: { tag: 2024 }', /^3:19: rule "own": match\.tag must be a glob, as text; write it in quotes/],
  ['match: { tag: [a, ""] }', /^3:23: rule "own": match\.tag, entry 2 must not be empty\.$/],
  ['match: { name: "" }', /^3:20: rule "own": match\.name must not be empty\.$/],
  ['match: { name: [] }', /^3:20: rule "own": match\.name must have at least one glob\.$/],
  ['match: films', /^3:12: rule "own": match must be a map of conditions\.$/],
  [
    'match: { size: 5 GB }',
    /^3:20: rule "own": match\.size must be a comparison with a unit, like ">= 1 GB"/,
  ],
  ['match: { size: ">= 5" }', /^3:20: .*must be a comparison with a unit/],
  ['match: { size: "=> 5 GB" }', /^3:20: .*must be a comparison with a unit/],
  ['match: { private: yes }', /^3:23: rule "own": match\.private must be true or false\.$/],
  ['send: completion', /^3:11: rule "own": send must be a list, like \[completion\]\.$/],
  [
    'send: [complete]',
    /^3:12: rule "own": send, entry 1 must be one of added, progress, completion, alerts, removed\.$/,
  ],
  ['send:', /^3:10: rule "own": send must be a list/],
  [
    'topic: https://evil.example.org/planted',
    /^3:12: rule "own": topic must be the name of a topic on the server of NTFY_TOPIC, not an address\.$/,
  ],
  ['topic: planted/films', /^3:12: .*not an address\.$/],
  ['topic: "//planted"', /^3:12: .*not an address\.$/],
  ['topic: planted topic', /^3:12: .*1 to 64 letters, digits/],
  [`topic: ${'planted'.repeat(10)}`, /^3:12: .*1 to 64 letters, digits/],
  ['topic: v1', /^3:12: .*ntfy reserves this name/],
  [
    'completion: { priority: 6 }',
    /^3:29: rule "own": completion\.priority must be a whole number from 1 to 5\.$/,
  ],
  ['completion: { priority: 1.5 }', /^3:29: .*whole number from 1 to 5/],
  ['completion: { priority: high }', /^3:29: .*whole number from 1 to 5/],
  [
    'completion: { tags: "a b" }',
    /^3:25: rule "own": completion\.tags must be a tag without blanks and commas\.$/,
  ],
  [
    'progress: { buttons: [puase] }',
    /^3:27: rule "own": progress\.buttons, entry 1 must be one of pause, mute, delete, reannounce, recheck; did you mean pause\?$/,
  ],
  [
    'alerts: { buttons: [mute, open] }',
    /^3:31: rule "own": alerts\.buttons, entry 2 must be one of pause, mute, delete, reannounce, recheck\.$/,
  ],
  [
    'progress: { buttons: mute }',
    /^3:26: rule "own": progress\.buttons must be a list, like \[pause, mute\]\.$/,
  ],
  [
    'alerts: { buttons: [pause, mute, delete, recheck] }',
    /^3:24: rule "own": alerts\.buttons must have at most 3 buttons\.$/,
  ],
  ['progress: { buttons: [mute, mute] }', /^3:26: .*progress\.buttons must have each button once\.$/],
  [
    'progress: { butons: [] }',
    /^3:17: rule "own": progress has an unknown key "butons"; did you mean buttons\?$/,
  ],
  [
    'completion: { buttons: [] }',
    /^3:19: rule "own": completion has an unknown key "buttons"; the keys are priority, tags, title, message, click, icon\.$/,
  ],
  ['digest: true', /^3:13: rule "own": digest can only be false/],
  ['send: []\n    send: []', /^4:5: this key is in the same map twice\.$/],
];

describe('a mistake in a rule is reported where it is', () => {
  for (const [line, problem] of lines) {
    test(line.replaceAll('\n', '; '), () => assert.match(problemOf(withLine(line)), problem));
  }
});
