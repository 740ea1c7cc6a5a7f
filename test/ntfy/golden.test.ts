/** Without rules, without a locale and with decimal units, ntfy receives the bytes that it received before these existed. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { GOLDEN_FILE, record } from './golden/record.ts';
import type { Golden } from './golden/record.ts';

const golden = JSON.parse(readFileSync(GOLDEN_FILE, 'utf8')) as Golden;
/** Corrected since: a repeated alert or incident had a sound in its last form. */
const isCorrected = (name: string): boolean => name.endsWith(', silent, fixed');

function expectedOf(name: string): string[] {
  const requests = golden[name] ?? [];
  if (!isCorrected(name)) return requests;
  return requests.map((request) => {
    assert.match(request, /"priority":4/, name);
    return request.replace('"priority":4', '"priority":2');
  });
}

/** The group of a scenario: the first word of its name. */
const groupOf = (name: string): string => name.split(/[: ]/)[0] ?? '';

const groups = Map.groupBy(Object.keys(golden), groupOf);

describe('without rules, ntfy receives the recorded bytes', () => {
  let recorded: Golden = {};

  // Not while the file is loaded: the tests of other files in this process run meanwhile.
  before(async () => {
    recorded = await record();
  });

  test('the recorded scenarios are those that run, and there are more than 900', () => {
    assert.deepEqual(Object.keys(recorded), Object.keys(golden));
    assert.ok(Object.keys(golden).length > 900, `${Object.keys(golden).length}`);
  });

  for (const [group, names] of groups) {
    test(`of ${names.length} scenarios: ${group}`, () => {
      for (const name of names) assert.deepEqual(recorded[name], expectedOf(name), name);
    });
  }
});
