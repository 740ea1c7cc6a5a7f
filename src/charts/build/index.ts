/**
 * Draws the statecharts at development time. It needs a layout engine of 1.6 MB (elkjs, a development dependency), so only
 * `../write.ts` and the tests import it; at run time the drawings in `../drawn.ts` are used.
 */
import type { AnyStateMachine } from 'xstate';
import { digestMachine } from '../../../machines/digest/machine.ts';
import { discoveryMachine } from '../../../machines/discovery/machine.ts';
import { hookInstallerMachine } from '../../../machines/hook-installer/machine.ts';
import { incidentMachine } from '../../../machines/incident/machine.ts';
import { matcherMachine } from '../../../machines/matcher/machine.ts';
import { outboxMachine } from '../../../machines/outbox/machine.ts';
import { quietMachine } from '../../../machines/quiet/machine.ts';
import { shardMachine } from '../../../machines/shard/machine.ts';
import { remoteMachine } from '../../../machines/remote/machine.ts';
import { sessionMachine } from '../../../machines/session/machine.ts';
import { summaryMachine } from '../../../machines/summary/machine.ts';
import { supervisorMachine } from '../../../machines/supervisor/machine.ts';
import { torrentMachine } from '../../../machines/torrent/machine.ts';
import { watcherMachine } from '../../../machines/watcher/machine.ts';
import { chartCss } from '../style.ts';
import { drawChart } from './draw.ts';
import { layOut } from './layout.ts';
import { readChart } from './read.ts';

/** All machines that have a chart, by name. */
export const machines: ReadonlyMap<string, AnyStateMachine> = new Map<string, AnyStateMachine>([
  ['supervisor', supervisorMachine],
  ['shard', shardMachine],
  ['torrent', torrentMachine],
  ['session', sessionMachine],
  ['watcher', watcherMachine],
  ['matcher', matcherMachine],
  ['outbox', outboxMachine],
  ['incident', incidentMachine],
  ['discovery', discoveryMachine],
  ['hookInstaller', hookInstallerMachine],
  ['quiet', quietMachine],
  ['digest', digestMachine],
  ['summary', summaryMachine],
  ['remote', remoteMachine],
]);

/** Draws a machine as SVG, to be styled by `chartCss`. The same machine always gives the same bytes. */
export async function draw(machine: AnyStateMachine): Promise<string> {
  const chart = readChart(machine);
  return drawChart(chart, await layOut(chart));
}

/** The generated files: the content by path. */
export async function filesOfCharts(): Promise<Map<string, string>> {
  const drawn = new Map<string, string>();
  for (const [name, machine] of machines) drawn.set(name, await draw(machine));
  const pictures = [...drawn].map(([name, svg]) => [`docs/charts/${name}.svg`, standalone(svg)] as const);
  return new Map([['src/charts/drawn.ts', moduleOf(drawn)], ...pictures]);
}

function moduleOf(drawn: ReadonlyMap<string, string>): string {
  const names = [...drawn.keys()].map((name) => `\n  | '${name}'`);
  // Drawings contain no quote, backslash or line break: they are escaped.
  const lines = [...drawn].map(([name, svg]) => `  ${name}:\n    '${svg}',\n`);
  return [
    '/** Drawn from machines/ by `node src/charts/write.ts`: do not edit. */\n',
    `export type ChartName =${names.join('')};\n\n`,
    '/** The statechart of each machine, as an SVG that is styled by `chartCss`. */\n',
    `export const charts: Readonly<Record<ChartName, string>> = {\n${lines.join('')}};\n`,
  ].join('');
}

/** A picture with its own style. */
function standalone(svg: string): string {
  return `${svg.replace('>', () => `><style>\n${chartCss}</style>`)}\n`;
}
