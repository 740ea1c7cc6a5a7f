import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { settingsTable } from '../../src/config/index.ts';
import { withSettingsTable } from '../../src/config/table.ts';

test('the README lists every setting as it is', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  assert.ok(
    readme === withSettingsTable(readme),
    'README.md shows old settings; bring its table up to date with: npx node src/config/write-table.ts',
  );
});

test('the table has a row with name, default and meaning for each setting', () => {
  const rows = settingsTable().split('\n').slice(2);
  assert.ok(rows.length > 20);
  for (const row of rows) assert.match(row, /^\| `[A-Z_]+`( or `[A-Z_]+_FILE`)? \| [^|]* \| [^|]{5,} \|$/);
});

test('a document without markers is not written to', () => {
  assert.throws(() => withSettingsTable('# Nothing here'), /no <!-- settings -->/);
});
