/** Brings README.md's table of settings up to date: `npx node src/config/write-table.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { withSettingsTable } from './table.ts';

const readme = new URL('../../README.md', import.meta.url);
writeFileSync(readme, withSettingsTable(readFileSync(readme, 'utf8')));
