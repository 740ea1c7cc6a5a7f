/** Updates the table of settings in README.md: `npx node src/config/write-table.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { withSettingsTable } from './table.ts';

const readme = new URL('../../README.md', import.meta.url);
writeFileSync(readme, withSettingsTable(readFileSync(readme, 'utf8')));
