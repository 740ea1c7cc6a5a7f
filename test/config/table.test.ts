import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { settingsTable } from '../../src/config/index.ts';
import { SETTING_GROUPS } from '../../src/config/setting-groups.ts';
import { settingNames } from '../../src/config/setting-names.ts';
import { withSettingsTable } from '../../src/config/table.ts';

test('the README lists every setting as it is', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  assert.ok(
    readme === withSettingsTable(readme),
    'README.md shows old settings; bring its table up to date with: npx node src/config/write-table.ts',
  );
});

test('the tables have a row with name, default and description for each setting', () => {
  const rows = settingsTable()
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (variable|---) /.test(line));
  assert.equal(rows.length, settingNames.size);
  for (const row of rows) assert.match(row, /^\| `[A-Z_]+`( or `[A-Z_]+_FILE`)? \| [^|]* \| [^|]{5,} \|$/);
});

test('each setting is in one group, and the required one comes first', () => {
  const names = SETTING_GROUPS.flatMap((group) => group.names);
  assert.deepEqual(names.toSorted(), [...settingNames.keys()].toSorted());
  assert.deepEqual(SETTING_GROUPS[0], { title: 'Required', names: ['NTFY_TOPIC'] });
});

test('a document without markers is not written to', () => {
  assert.throws(() => withSettingsTable('# Nothing here'), /no <!-- settings -->/);
});
