import type { ActorStep, Inspector } from '../../inspector/index.ts';
import { formatPercent } from '../../format/number.ts';
import { formatOptionsOf } from '../../format/options.ts';
import { safeText, torrentName } from '../../format/text.ts';
import { torrentOf } from '../../app/status.ts';
import type { TorrentStatus } from '../../app/status.ts';
import { stateOf } from '../actors.ts';
import type { ShownActor } from '../actors.ts';
import { chartBody, chartFields, chartLog, chartNow } from '../html/chart.ts';
import type { ChartView } from '../html/chart.ts';
import type { Html } from '../html/html.ts';
import { figures } from '../html/torrent.ts';
import type { Clock } from '../html/torrent.ts';
import { clockOf } from '../view-model.ts';
import type { PageSources } from '../view-model.ts';
import { phoneLabel, ruleLabel, sentLabel } from '../labels.ts';

/** Steps listed beside a chart. */
const MAX_STEPS = 30;
/** UTF-8 bytes of a category, a path or all tags. */
const MAX_FIELD_BYTES = 300;

/** The chart of an actor while a viewer has it open. */
export interface OpenChart {
  readonly shown: ShownActor;
  /** Adds a step of the actor; ignores those of others. */
  addStep(step: ActorStep): void;
  /** The whole dialog. */
  body(): Html;
  /** The parts that change, by element. */
  parts(): Array<{ id: string; html: Html }>;
}

const TITLES: Partial<Record<ShownActor['machine'], string>> = {
  session: 'The session with qBittorrent',
  watcher: 'The watcher',
  outbox: 'The outbox to ntfy',
  incident: 'Incidents',
  supervisor: 'The supervisor',
  discovery: 'Discovery of new torrents',
  hookInstaller: 'The hook installer',
  digest: 'The digests',
  quiet: 'The quiet hours',
  remote: 'The buttons of cards',
};

export function openChart(shown: ShownActor, sources: PageSources, inspector: Inspector): OpenChart {
  const { supervisor } = sources;
  // One poll of thousands of torrents may overwrite the inspector's ring: the steps of an open chart are stored here.
  const steps = inspector.stepsOf(shown.id).slice(-MAX_STEPS);
  let name: string | null = null;

  function view(): ChartView {
    const now = stateOf(supervisor, shown);
    const torrent = shown.machine === 'torrent' ? torrentOf(supervisor, shown.id) : null;
    name = torrent?.name ?? name;
    return {
      shown,
      title: shown.machine === 'torrent' ? torrentName(shown.id, name) : titleOf(shown),
      state: now ?? steps.at(-1)?.state ?? null,
      isRunning: now !== null,
      facts: torrent === null ? '' : factsOf(torrent, clockOf(sources)),
      fields: torrent === null ? [] : fieldsOf(torrent),
      steps,
      ...formatOptionsOf(sources),
    };
  }

  return {
    shown,
    addStep(step) {
      if (step.actor !== shown.id || steps.at(-1) === step) return;
      steps.push(step);
      if (steps.length > MAX_STEPS) steps.shift();
    },
    body: () => chartBody(view()),
    parts() {
      const now = view();
      return [
        { id: 'chart-now', html: chartNow(now) },
        { id: 'chart-fields', html: chartFields(now) },
        { id: 'chart-log', html: chartLog(now) },
      ];
    },
  };
}

function factsOf(torrent: TorrentStatus, clock: Clock): string {
  const percent = formatPercent(Math.floor(torrent.progress * 100), clock.locale);
  const phone = `on the phone: ${phoneLabel(torrent, clock.locale).text}`;
  return [percent, figures(torrent, clock), phone].filter((text) => text !== '').join(' · ');
}

/** What is known of it, and the rule that applies. The fields come from qBittorrent: untrusted text. */
function fieldsOf({
  category,
  tags,
  tracker,
  path,
  private: isPrivate,
  ruling,
}: TorrentStatus): Array<readonly [string, string]> {
  const all = [
    ['Category', category ?? ''],
    ['Tags', tags.join(', ')],
    ['Tracker', tracker ?? ''],
    ['Save path', path ?? ''],
    ['Private', isPrivate === null ? '' : isPrivate ? 'yes' : 'no'],
    ['Rule', ruling === null ? '' : ruleLabel(ruling)],
    ['Sends', ruling === null ? '' : sentLabel(ruling)],
  ] as const;
  return all.filter(([, text]) => text !== '').map(([name, text]) => [name, safeText(text, MAX_FIELD_BYTES)]);
}

const titleOf = ({ machine, id }: ShownActor): string => TITLES[machine] ?? safeText(id, 40);
