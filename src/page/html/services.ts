import type { Failure } from '../../../machines/domain.ts';
import { formatTime } from '../../format/clock.ts';
import { safeText } from '../../format/text.ts';
import type { ViewModel } from '../view-model.ts';
import type { Tone } from '../labels.ts';
import { buttonsText } from './buttons.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

/** The status of a service that all torrents share. */
interface Card {
  /** The actor whose chart the card opens; the store has none. */
  id: string;
  title: string;
  tone: Tone;
  text: string;
  detail: string | Html;
}

type Services = ViewModel['services'];

/** The cards above the torrents, each by its element. */
export function serviceCards(view: ViewModel): Array<{ id: string; html: Html }> {
  const { services, health } = view;
  const cards = [
    sessionCard(services.session),
    watcherCard(services.watcher),
    outboxCard(services.outbox),
    hookCard(services.hook),
    incidentCard(services),
    storeCard(health),
    digestCard(view),
    ...quietCard(view),
    ...buttonsCard(view),
    supervisorCard(services),
  ];
  return cards.map((card) => ({ id: `s-${card.id}`, html: render(card) }));
}

function render({ id, title, tone, text, detail }: Card): Html {
  const heading =
    id === 'store' ? html`<b>${title}</b>` : html`<a href="?show=${id}" data-show="${id}">${title}</a>`;
  return html`<li class="service" id="s-${id}" data-in="services" data-tone="${tone}">
    ${heading}<span class="text">${text}</span><span class="detail">${detail}</span>
  </li>`;
}

const NONE = { tone: 'waiting', text: 'Not running', detail: '' } as const;

const SESSION: Readonly<Record<string, { tone: Tone; text: string }>> = {
  signedOut: { tone: 'waiting', text: 'Not signed in' },
  loggingIn: { tone: 'waiting', text: 'Signing in' },
  evaluating: { tone: 'waiting', text: 'Signing in' },
  ready: { tone: 'done', text: 'Signed in' },
  refused: { tone: 'bad', text: 'Password refused' },
  locked: { tone: 'bad', text: 'Proxy login refused' },
  banned: { tone: 'bad', text: 'Address banned' },
  failing: { tone: 'warn', text: 'Not answering' },
};

function sessionCard(session: Services['session']): Card {
  const head = { id: 'session', title: 'qBittorrent' };
  if (session === null) return { ...head, ...NONE };
  const { tone, text } = SESSION[session.state] ?? { tone: 'waiting', text: `State: ${session.state}` };
  const version = session.webapi === null ? '' : `WebAPI ${safeText(session.webapi, 20)}`;
  return { ...head, tone, text, detail: tone === 'done' ? version : reason(session.failure) };
}

function watcherCard(watcher: Services['watcher']): Card {
  const head = { id: 'watcher', title: 'Watcher' };
  if (watcher === null) return { ...head, ...NONE };
  const { state, watching, failure } = watcher;
  if (state === 'idle') return { ...head, tone: 'waiting', text: 'Idle', detail: 'no request, no timer' };
  const text = watching === 1 ? 'Polling 1 torrent' : `Polling ${number(watching)} torrents`;
  if (failure !== null) return { ...head, tone: 'warn', text, detail: reason(failure) };
  return { ...head, tone: 'moving', text, detail: 'one request per poll' };
}

function outboxCard(outbox: Services['outbox']): Card {
  const head = { id: 'outbox', title: 'ntfy' };
  if (outbox === null) return { ...head, ...NONE };
  const { state, waiting, sending, failure } = outbox;
  const detail = budgetOf(outbox);
  const count = waiting + sending;
  const text = count === 0 ? 'All delivered' : `${number(count)} to send`;
  if (state === 'backingOff') return { ...head, tone: 'warn', text, detail: reason(failure) };
  return { ...head, tone: count === 0 ? 'done' : 'moving', text, detail };
}

const number = (value: number): string => value.toLocaleString('en');

function budgetOf({ budget, capacity, left, live }: NonNullable<Services['outbox']>): string {
  const parts = [budget === null ? 'no rate limit' : `rate limit: ${budget} of ${capacity} left`];
  if (left !== null) parts.push(`${number(left)} left today`);
  if (live === false) parts.push('no card updates: milestones only');
  return parts.join(' · ');
}

const HOOK: Readonly<Record<string, { tone: Tone; text: string }>> = {
  starting: { tone: 'waiting', text: 'Starting' },
  off: { tone: 'waiting', text: 'Not managed' },
  signedOut: { tone: 'waiting', text: 'Waiting for qBittorrent' },
  checking: { tone: 'moving', text: 'Checking' },
  evaluating: { tone: 'moving', text: 'Checking' },
  'idle.installed': { tone: 'done', text: 'Installed' },
  'idle.blocked': { tone: 'warn', text: 'Not installed' },
  'idle.impossible': { tone: 'bad', text: 'Cannot be installed' },
  suspecting: { tone: 'waiting', text: 'Check within a minute' },
  retrying: { tone: 'warn', text: 'Retrying' },
};

const HOOK_NOTES: Readonly<Record<string, string>> = {
  off: 'set up by hand',
  suspecting: 'a call had a wrong token',
};

function hookCard(hook: Services['hook']): Card {
  const head = { id: 'hookInstaller', title: 'Hook' };
  if (hook === null) return { ...head, ...NONE };
  const { tone, text } = HOOK[hook.state] ?? { tone: 'waiting', text: `State: ${hook.state}` };
  return { ...head, tone, text, detail: safeText(hook.reason ?? HOOK_NOTES[hook.state] ?? '', 300) };
}

function incidentCard({ incident, incidentFailure }: Services): Card {
  const head = { id: 'incident', title: 'Incidents' };
  if (incident === 'raised')
    return { ...head, tone: 'bad', text: 'Phone notified', detail: reason(incidentFailure) };
  if (incident === 'suspected')
    return { ...head, tone: 'warn', text: 'May end by itself', detail: reason(incidentFailure) };
  return { ...head, tone: 'done', text: 'None', detail: '' };
}

function storeCard({ kind, problem }: ViewModel['health']): Card {
  const head = { id: 'store', title: 'Store' };
  if (problem !== null)
    return { ...head, tone: 'bad', text: 'In memory only', detail: safeText(problem, 300) };
  return kind === 'disk'
    ? { ...head, tone: 'done', text: 'On disk', detail: 'survives a restart' }
    : { ...head, tone: 'waiting', text: 'In memory', detail: 'lost at a restart: set STATE_DIR' };
}

/** The cards that stand for several torrents. */
function digestCard({ digests, services }: ViewModel): Card {
  const head = { id: 'digest', title: 'Digests', detail: summaryText(services.summary) };
  const open = digests.filter((digest) => digest.open);
  const count = open.reduce((sum, { lines }) => sum + lines, 0);
  if (open.length === 0) return { ...head, tone: 'done', text: 'None open' };
  return {
    ...head,
    tone: 'moving',
    text: `${number(count)} on ${open.length === 1 ? 'one card' : `${open.length} cards`}`,
  };
}

function summaryText(summaries: Services['summary']): string {
  const shown = summaries.filter((summary) => summary.shown);
  const count = shown.reduce((sum, { downloads }) => sum + downloads, 0);
  return count === 0 ? '' : `${number(count)} downloads in the summary`;
}

/** Only with quiet hours in the rules. */
function quietCard(view: ViewModel): Card[] {
  const { quietHours, now } = view;
  if (quietHours === null) return [];
  const { isQuiet, until, pending } = quietHours;
  const time = formatTime(until / 1000, now, view);
  const detail = pending === 0 ? '' : `${number(pending)} to announce at their end`;
  const state = isQuiet ? ({ tone: 'moving', text: `Until ${time}` } as const) : NOT_QUIET;
  return [{ id: 'quiet', title: 'Quiet hours', ...state, detail: isQuiet ? detail : `from ${time}` }];
}

const NOT_QUIET = { tone: 'done', text: 'Not now' } as const;

/** Only with `COMMAND_TOPIC`. */
function buttonsCard(view: ViewModel): Card[] {
  const { buttons } = view.services;
  return buttons === undefined ? [] : [{ id: 'remote', title: 'Buttons', ...buttonsText(buttons, view) }];
}

const SCAN: Readonly<Record<NonNullable<Services['discovery']>['scan'], { tone: Tone; text: string }>> = {
  signedOut: { tone: 'waiting', text: 'Waiting for qBittorrent' },
  scanning: { tone: 'moving', text: 'Scanning for downloads' },
  scanned: { tone: 'moving', text: 'Scanning for downloads' },
  pausing: { tone: 'waiting', text: 'Next scan soon' },
  idle: { tone: 'done', text: 'Running' },
};

function supervisorCard({ supervisor, discovery }: Services): Card {
  const head = { id: 'supervisor', title: 'Supervisor' };
  if (discovery === null) return { ...head, tone: 'bad', text: `State: ${supervisor}`, detail: '' };
  const detail = discovery.newest === 'off' ? '' : 'discovers new torrents without a hook';
  return { ...head, ...SCAN[discovery.scan], detail };
}

function reason(failure: Failure | null): string {
  return failure === null ? '' : safeText(failure.message, 300);
}
