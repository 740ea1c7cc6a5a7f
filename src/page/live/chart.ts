import type { Happening, Inspector } from '../../inspector/index.ts';
import { harmless } from '../../ntfy/text.ts';
import { nameOf } from '../../ntfy/wording.ts';
import { torrentOf } from '../../app/status.ts';
import type { TorrentStatus } from '../../app/status.ts';
import { stateOf } from '../actors.ts';
import type { Shown } from '../actors.ts';
import { chartBody, chartLog, chartNow } from '../html/chart.ts';
import type { ChartLook } from '../html/chart.ts';
import type { Html } from '../html/html.ts';
import { figures } from '../html/torrent.ts';
import type { Clock } from '../html/torrent.ts';
import type { Subject } from '../look.ts';
import { phoneOf } from '../words.ts';

/** The steps that a chart lists. */
const STEPS = 30;

/** The chart of an actor, as long as somebody has it open. */
export interface OpenChart {
  readonly shown: Shown;
  /** Takes what the actor did; what others did is left alone. */
  note(happening: Happening): void;
  /** All of it. */
  body(): Html;
  /** What may have changed since: each by its element. */
  parts(): Array<{ id: string; html: Html }>;
}

const TITLES: Partial<Record<Shown['machine'], string>> = {
  session: 'The session with qBittorrent',
  watcher: 'The watcher',
  outbox: 'What leaves for ntfy',
  incident: 'Incidents',
  supervisor: 'The supervisor',
  discovery: 'The look for new torrents',
  hookInstaller: 'The hook installer',
};

export function openChart(shown: Shown, subject: Subject, inspector: Inspector): OpenChart {
  const { supervisor, timeZone } = subject;
  // The inspector's ring may turn over in a tick of thousands; what is looked at is kept here.
  const steps = inspector.of(shown.id).slice(-STEPS);
  let name: string | null = null;

  function look(): ChartLook {
    const now = stateOf(supervisor, shown);
    const torrent = shown.machine === 'torrent' ? torrentOf(supervisor, shown.id) : null;
    name = torrent?.name ?? name;
    return {
      shown,
      title: shown.machine === 'torrent' ? nameOf(shown.id, name, 'title') : titleOf(shown),
      state: now ?? steps.at(-1)?.state ?? null,
      alive: now !== null,
      facts: torrent === null ? '' : factsOf(torrent, { now: subject.now(), timeZone }),
      steps,
      timeZone,
    };
  }

  return {
    shown,
    note(happening) {
      if (happening.actor !== shown.id || steps.at(-1) === happening) return;
      steps.push(happening);
      if (steps.length > STEPS) steps.shift();
    },
    body: () => chartBody(look()),
    parts() {
      const seen = look();
      return [
        { id: 'chart-now', html: chartNow(seen) },
        { id: 'chart-log', html: chartLog(seen) },
      ];
    },
  };
}

function factsOf(torrent: TorrentStatus, clock: Clock): string {
  const percent = `${Math.floor(torrent.progress * 100)}%`;
  const phone = `on the phone: ${phoneOf(torrent).words}`;
  return [percent, figures(torrent, clock), phone].filter((text) => text !== '').join(' · ');
}

const titleOf = ({ machine, id }: Shown): string => TITLES[machine] ?? harmless(id, 40);
