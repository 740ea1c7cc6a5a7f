import { raw } from 'hono/html';
import { charts } from '../../charts/index.ts';
import type { Happening } from '../../inspector/index.ts';
import type { Shown } from '../actors.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

/** What the chart of an actor shows. */
export interface ChartLook {
  shown: Shown;
  /** What it is about: a torrent's name, or what the actor is called. */
  title: string;
  /** The state that it is in, or was in when it ended; `null` where nothing is known of it. */
  state: string | null;
  /** Whether there is such an actor now. */
  alive: boolean;
  /** Its figures, in a line. */
  facts: string;
  /** What it did since somebody looks, oldest first. */
  steps: readonly Happening[];
  timeZone: string | undefined;
}

/** Steps that a chart plays again one after the other, so that eyes can follow. */
const MAX_STEPS_SHOWN = 12;

/** The dialog's content. The script lights the chart by what `chart-now` says. */
export function chartBody(look: ChartLook): Html {
  const { shown, title } = look;
  return html`<div id="chart-body" data-show="${shown.id}">
    <header>
      <div>
        <nav aria-label="Where this actor lives">
          ${shown.parents.map(crumb)}<span>${shown.machine}</span>
        </nav>
        <h2 id="chart-title" tabindex="-1"><bdi>${title}</bdi></h2>
      </div>
      <form method="dialog"><button id="chart-close">Close</button></form>
    </header>
    <div class="chart-line">
      ${chartNow(look)}<label><input type="checkbox" id="chart-fit" /> Whole chart</label>
    </div>
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
        ${chartLog(look)}
      </section>
    </div>
  </div>`;
}

function crumb(id: string): Html {
  return html`<a href="?show=${id}" data-show="${id}">${id}</a><span aria-hidden="true"> › </span>`;
}

/** What is lit, and what led there. */
export function chartNow({ shown, state, alive, facts, steps }: ChartLook): Html {
  const trail = steps.slice(-MAX_STEPS_SHOWN).map(({ seq, state, taken }) => [seq, state, taken]);
  const words = state === null ? 'There is no such actor now.' : alive ? 'Now ' : 'It has ended. Last ';
  return html`<p
    id="chart-now"
    data-show="${shown.id}"
    data-state="${state ?? ''}"
    data-trail="${JSON.stringify(trail)}"
  >
    ${words}${state === null ? '' : html`<strong>${state.replaceAll('.', ' › ')}</strong>`}<span class="facts"
      >${facts}</span
    >
  </p>`;
}

/** The last transitions, newest first. */
export function chartLog({ shown, steps, timeZone }: ChartLook): Html {
  const rows = steps.toReversed().map((step) => stepRow(step, timeZone));
  return html`<ol id="chart-log" data-show="${shown.id}" reversed>
    ${rows}
  </ol>`;
}

function stepRow({ at, event, from, state, times }: Happening, timeZone: string | undefined): Html {
  const way =
    from === state ? `stays in ${state}` : from === '' ? `begins in ${state}` : `${from} → ${state}`;
  return html`<li>
    <time datetime="${new Date(at).toISOString()}">${clockTime(at, timeZone)}</time> <b>${event}</b>${
      times > 1 ? html` <span class="times">× ${times}</span>` : ''
    }<span class="way">${way}</span>
  </li>`;
}

const formatters = new Map<string | undefined, Intl.DateTimeFormat>();

/** `14:32:05`. */
function clockTime(at: number, timeZone: string | undefined): string {
  const formatter =
    formatters.get(timeZone) ?? new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'medium' });
  formatters.set(timeZone, formatter);
  return formatter.format(at);
}
