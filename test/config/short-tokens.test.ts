import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../src/config/index.ts';

function warningsFor(env: Record<string, string>, file = ''): string[] {
  const parsed = parseConfig({ NTFY_TOPIC: 'downloads', ...env }, () => file);
  assert.ok(parsed.ok);
  return parsed.warnings;
}

for (const name of ['HOOK_TOKEN', 'OPS_TOKEN']) {
  test(`a ${name} of fewer than 16 characters raises a warning without its value`, () => {
    for (const token of ['x', 'planted', 'planted-planted'])
      for (const warnings of [
        warningsFor({ [name]: token }),
        warningsFor({ [`${name}_FILE`]: '/t' }, token),
      ]) {
        assert.equal(warnings.length, 1);
        assert.match(
          warnings[0] ?? '',
          new RegExp(`^${name} has fewer than 16 characters and can be guessed`),
        );
        assert.doesNotMatch(warnings.join(''), /planted/);
      }
    assert.deepEqual(warningsFor({ [name]: 'planted-planted-' }), []);
    assert.deepEqual(warningsFor({}), []);
  });
}
