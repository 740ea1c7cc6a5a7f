import { raw } from 'hono/html';
import { charts } from '../../charts/index.ts';
import { formatTimeWithSeconds } from '../../format/clock.ts';
import type { FormatOptions } from '../../format/options.ts';
import type { ActorStep } from '../../inspector/index.ts';
import type { ShownActor } from '../actors.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

/** The content of an actor's chart dialog. */
export interface ChartView extends FormatOptions {
  shown: ShownActor;
  /** The torrent's name, or the actor's. */
  title: string;
  /** Its state, or its last one if it was stopped; `null` if unknown. */
  state: string | null;
  /** Whether the actor is running. */
  isRunning: boolean;
  /** Its figures, in one line. */
  facts: string;
  /** What rules can match of a torrent: names and values. Empty for other actors. */
  fields: ReadonlyArray<readonly [name: string, value: string]>;
  /** Its steps since the page was opened, oldest first. */
  steps: readonly ActorStep[];
}

/** Steps that the script animates one after the other. */
const MAX_STEPS_SHOWN = 12;

/** The dialog's content. The script highlights the chart by the data of `chart-now`. */
export function chartBody(view: ChartView): Html {
  const { shown, title } = view;
  return html`<div id="chart-body" data-show="${shown.id}">
    <header>
      <div>
        <nav aria-label="Parent actors">${shown.parents.map(breadcrumb)}<span>${shown.machine}</span></nav>
        <h2 id="chart-title" tabindex="-1"><bdi>${title}</bdi></h2>
      </div>
      <form method="dialog"><button id="chart-close">Close</button></form>
    </header>
    <div class="chart-line">
      ${chartNow(view)}<label><input type="checkbox" id="chart-fit" /> Whole chart</label>
    </div>
    ${chartFields(view)}
    <div class="chart-columns">
      <div
        class="chart-view"
        id="chart-view"
        tabindex="0"
        role="group"
        aria-label="Statechart of ${shown.machine}"
      >
        ${raw(charts[shown.machine])}
      </div>
      <section class="chart-side" aria-labelledby="chart-log-title">
        <h3 id="chart-log-title">Last transitions</h3>
        ${chartLog(view)}
      </section>
    </div>
  </div>`;
}

function breadcrumb(id: string): Html {
  return html`<a href="?show=${id}" data-show="${id}">${id}</a><span aria-hidden="true"> › </span>`;
}

/** The current state, and the steps that led to it. */
export function chartNow({ shown, state, isRunning, facts, steps }: ChartView): Html {
  const trail = steps.slice(-MAX_STEPS_SHOWN).map(({ seq, state, taken }) => [seq, state, taken]);
  const text = state === null ? 'This actor is not running.' : isRunning ? 'Now ' : 'Stopped. Last state: ';
  return html`<p
    id="chart-now"
    data-show="${shown.id}"
    data-state="${state ?? ''}"
    data-trail="${JSON.stringify(trail)}"
  >
    ${text}${state === null ? '' : html`<strong>${stateText(state)}</strong>`}<span class="facts"
      >${facts}</span
    >
  </p>`;
}

/** The parallel regions one after the other. */
const stateText = (state: string): string => state.replaceAll(' ', ' · ').replaceAll('.', ' › ');

/** What rules can match of a torrent. */
export function chartFields({ shown, fields }: ChartView): Html {
  return html`<dl id="chart-fields" data-show="${shown.id}">${fields.map(fieldRow)}</dl>`;
}

function fieldRow([name, value]: ChartView['fields'][number]): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd><bdi>${value}</bdi></dd>
  </div>`;
}

/** The last transitions, newest first. */
export function chartLog(view: ChartView): Html {
  const { shown, steps } = view;
  const rows = steps.toReversed().map((step) => stepRow(step, view));
  return html`<ol id="chart-log" data-show="${shown.id}" reversed>
    ${rows}
  </ol>`;
}

function stepRow({ at, event, from, state, times }: ActorStep, format: FormatOptions): Html {
  const change =
    from === state ? `stays in ${state}` : from === '' ? `starts in ${state}` : `${from} → ${state}`;
  const time = formatTimeWithSeconds(at, format);
  const count = times > 1 ? html` <span class="times">× ${times}</span>` : '';
  return html`<li>
    <time datetime="${new Date(at).toISOString()}">${time}</time> <b>${event}</b>${count}<span class="change"
      >${change}</span
    >
  </li>`;
}
