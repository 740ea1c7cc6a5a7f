/**
 * The bench: `npm run bench`, or `npm run bench -- idle hook` for some figures only. With `--quick` it takes few and
 * short rounds, as a smoke test, and writes nothing.
 */
import { figures } from './figures/index.ts';
import { load } from './lib/machine.ts';
import { save } from './lib/page.ts';
import { buildBundle } from '../../src/development/bundle.ts';
import { table } from './lib/table.ts';
import type { Measured } from './lib/table.ts';

const quick = process.argv.includes('--quick');
const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = names.filter((name) => !figures.some((figure) => figure.name === name));
if (unknown.length > 0) {
  say(`There is no figure ${unknown.join(', ')}. There are: ${figures.map(({ name }) => name).join(', ')}.`);
  process.exit(64);
}

await buildBundle();
const measured: Measured[] = [];
for (const figure of figures) {
  if (names.length > 0 && !names.includes(figure.name)) continue;
  say(`\n${figure.title}`);
  const before = load();
  const start = performance.now();
  const rows = await figure.measure({ quick, say: (line) => say(`  … ${line}`) });
  const seconds = Math.round((performance.now() - start) / 1000);
  measured.push({ name: figure.name, rows, seconds, load: [before, load()] });
  say(table(rows));
}
if (quick) say('\nQuick rounds: nothing is written.');
else save(measured);
const missed = measured.flatMap(({ rows }) => rows.filter(({ reach }) => reach?.holds === false));
say(
  missed.length === 0 ? '\nEvery reach is held.' : `\nNot held: ${missed.map(({ what }) => what).join('; ')}`,
);
process.exit(0);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
