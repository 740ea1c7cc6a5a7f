/** Updates the generated tables in README.md and docs/rules.md: `npx node src/config/write-table.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { withFieldsTable } from './rules/fields-table.ts';
import { withSettingsTable } from './table.ts';

const documents: Array<[path: string, update: (markdown: string) => string]> = [
  ['../../README.md', withSettingsTable],
  ['../../docs/rules.md', withFieldsTable],
];

for (const [path, update] of documents) {
  const document = new URL(path, import.meta.url);
  writeFileSync(document, update(readFileSync(document, 'utf8')));
}
