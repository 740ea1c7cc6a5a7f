import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { problemOf, rulesOf, withLine } from './parsing.ts';

/** A line of a rule, and its problem. */
const wrong: Array<[line: string, problem: RegExp]> = [
  [
    'completion: { title: "{{nmae}}" }',
    /^3:26: rule "own": completion\.title has an unknown field "nmae"; did you mean {{name}}\?$/,
  ],
  ['completion: { title: "{{Name}}" }', /did you mean {{name}}\?$/],
  ['completion: { title: "{{  name  }}" }', /did you mean {{name}}\?$/],
  ['completion: { title: "{{zzzzzzz}}" }', /unknown field "zzzzzzz"; the fields are name, size, /],
  ['completion: { title: "{{#if name}}" }', /has an invalid field; a template contains only fields/],
  ['completion: { title: "{{name" }', /has "{{" without a field/],
  ['completion: { title: "name}}" }', /has "}}" without a field/],
  ['completion: { click: "javascript:alert(1)" }', /click must be an address that starts with http/],
  ['completion: { click: "{{name}}" }', /click must be an address that starts with http/],
  ['completion: { click: "https://{{tracker}}/" }', /click can have fields only after the host/],
  ['completion: { click: "https://example.org{{path}}" }', /click can have fields only after the host/],
  [
    'completion: { click: "https://me:planted@example.org/" }',
    /click must not contain a user name or password/,
  ],
  ['completion: { icon: "file:///etc/passwd" }', /icon must be an address that starts with http/],
  ['completion: { icon: "https://example.org/{{x}}" }', /icon has an unknown field "x"/],
];

describe('a mistake in a template is reported where it is', () => {
  for (const [line, problem] of wrong) test(line, () => assert.match(problemOf(withLine(line)), problem));
});

const right = [
  'title: "{{name}} ({{ size }})"',
  'message: "{ {name} } 100 % }"',
  'message: "{{{name}}}"',
  'click: "https://jellyfin.example.org/search?query={{name}}#{{hash}}"',
  'click: "http://localhost:8096"',
  'icon: "https://example.org/{{category}}.png"',
];

describe('a template is accepted', () => {
  for (const line of right) {
    test(line, () => {
      const [key = ''] = line.split(':');
      const style = rulesOf(withLine(`completion: { ${line} }`)).styles.get('own')?.completion;
      assert.deepEqual(Object.keys(style ?? {}), [key]);
    });
  }
});
