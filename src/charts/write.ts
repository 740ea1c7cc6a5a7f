/** Generates the statecharts for the page and the documents: `npx node src/charts/write.ts`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { filesOfCharts } from './build/index.ts';

const home = new URL('../../', import.meta.url);
mkdirSync(new URL('docs/charts/', home), { recursive: true });
for (const [path, content] of await filesOfCharts()) writeFileSync(new URL(path, home), content);
