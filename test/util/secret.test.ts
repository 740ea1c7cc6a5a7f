import assert from 'node:assert/strict';
import { format, inspect } from 'node:util';
import { test } from 'node:test';
import { secret } from '../../src/util/secret.ts';

test('a secret shows three stars wherever it is printed', () => {
  const token = secret('planted-4711');
  const wrapped = { deep: [token] };
  const prints = [
    token.toString(),
    String(token),
    JSON.stringify(wrapped),
    inspect(wrapped, { depth: 9, showHidden: true }),
    format('%s %o %j', token, token, token),
    Object.values(token).map(String).join(''),
    ['failed with', token].join(' '),
  ];
  for (const print of prints) {
    assert.doesNotMatch(print, /planted/);
    assert.match(print, /\*\*\*/);
  }
});

test('a secret reveals its value, and cannot be changed', () => {
  const token = secret('planted-4711');
  assert.equal(token.reveal(), 'planted-4711');
  assert.ok(Object.isFrozen(token));
});

test('a secret from a function returns its newest value', () => {
  let value = 'old';
  const token = secret(() => value);
  assert.equal(token.reveal(), 'old');
  value = 'new';
  assert.equal(token.reveal(), 'new');
});
