import type { Failure } from '../../../machines/domain.ts';
import { harmless } from '../../ntfy/text.ts';
import type { ViewModel } from '../look.ts';
import type { Tone } from '../words.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

/** What a card says of something that all torrents share. */
interface Card {
  /** Names the card, and the actor whose chart opens from it; the store has none. */
  id: string;
  title: string;
  tone: Tone;
  words: string;
  more: string;
}

type Services = ViewModel['services'];

/** The cards above the torrents, each by its element. */
export function serviceCards(look: ViewModel): Array<{ id: string; html: Html }> {
  const { services, health } = look;
  const cards = [
    sessionCard(services.session),
    watcherCard(services.watcher),
    outboxCard(services.outbox),
    hookCard(services.hook),
    incidentCard(services),
    storeCard(health),
    supervisorCard(services),
  ];
  return cards.map((card) => ({ id: `s-${card.id}`, html: render(card) }));
}

function render({ id, title, tone, words, more }: Card): Html {
  const heading =
    id === 'store' ? html`<b>${title}</b>` : html`<a href="?show=${id}" data-show="${id}">${title}</a>`;
  return html`<li class="service" id="s-${id}" data-in="services" data-tone="${tone}">
    ${heading}<span class="words">${words}</span><span class="more">${more}</span>
  </li>`;
}

const NONE = { tone: 'waiting', words: 'Not running', more: '' } as const;

const SESSION: Readonly<Record<string, { tone: Tone; words: string }>> = {
  signedOut: { tone: 'waiting', words: 'Not signed in' },
  loggingIn: { tone: 'waiting', words: 'Signing in' },
  judging: { tone: 'waiting', words: 'Signing in' },
  ready: { tone: 'done', words: 'Signed in' },
  refused: { tone: 'bad', words: 'Refuses the password' },
  locked: { tone: 'bad', words: "Refuses the proxy's login" },
  banned: { tone: 'bad', words: 'Bans this address' },
  failing: { tone: 'warn', words: 'Does not answer' },
};

function sessionCard(session: Services['session']): Card {
  const head = { id: 'session', title: 'qBittorrent' };
  if (session === null) return { ...head, ...NONE };
  const { tone, words } = SESSION[session.state] ?? { tone: 'waiting', words: `Is ${session.state}` };
  const version = session.webapi === null ? '' : `WebAPI ${harmless(session.webapi, 20)}`;
  return { ...head, tone, words, more: tone === 'done' ? version : reason(session.failure) };
}

function watcherCard(watcher: Services['watcher']): Card {
  const head = { id: 'watcher', title: 'Watcher' };
  if (watcher === null) return { ...head, ...NONE };
  const { state, watching, failure } = watcher;
  if (state === 'asleep') return { ...head, tone: 'waiting', words: 'Asleep', more: 'no request, no timer' };
  const words = watching === 1 ? 'Watches one torrent' : `Watches ${number(watching)} torrents`;
  if (failure !== null) return { ...head, tone: 'warn', words, more: reason(failure) };
  return { ...head, tone: 'moving', words, more: 'one request for all' };
}

function outboxCard(outbox: Services['outbox']): Card {
  const head = { id: 'outbox', title: 'ntfy' };
  if (outbox === null) return { ...head, ...NONE };
  const { state, waiting, sending, failure } = outbox;
  const more = budgetOf(outbox);
  const count = waiting + sending;
  const words = count === 0 ? 'Everything is told' : `${number(count)} to tell`;
  if (state === 'backingOff') return { ...head, tone: 'warn', words, more: reason(failure) };
  return { ...head, tone: count === 0 ? 'done' : 'moving', words, more };
}

const number = (value: number): string => value.toLocaleString('en');

function budgetOf({ budget, capacity, left, live }: NonNullable<Services['outbox']>): string {
  const parts = [budget === null ? 'no limit' : `budget ${budget} of ${capacity}`];
  if (left !== null) parts.push(`${number(left)} left today`);
  if (live === false) parts.push('cards do not move: milestones');
  return parts.join(' · ');
}

const HOOK: Readonly<Record<string, { tone: Tone; words: string }>> = {
  starting: { tone: 'waiting', words: 'Starting' },
  off: { tone: 'waiting', words: 'Set by hand' },
  signedOut: { tone: 'waiting', words: 'Waiting for qBittorrent' },
  checking: { tone: 'moving', words: 'Checking' },
  judging: { tone: 'moving', words: 'Checking' },
  'idle.installed': { tone: 'done', words: 'Installed' },
  'idle.blocked': { tone: 'warn', words: 'Not installed' },
  'idle.impossible': { tone: 'bad', words: 'Cannot be installed' },
  suspecting: { tone: 'waiting', words: 'Checking again within a minute' },
  retrying: { tone: 'warn', words: 'Retrying' },
};

const HOOK_NOTES: Readonly<Record<string, string>> = {
  off: 'not by the sidecar',
  suspecting: 'a call showed a wrong token',
};

function hookCard(hook: Services['hook']): Card {
  const head = { id: 'hookInstaller', title: 'Hook' };
  if (hook === null) return { ...head, ...NONE };
  const { tone, words } = HOOK[hook.state] ?? { tone: 'waiting', words: `Is ${hook.state}` };
  return { ...head, tone, words, more: harmless(hook.reason ?? HOOK_NOTES[hook.state] ?? '', 300) };
}

function incidentCard({ incident, trouble }: Services): Card {
  const head = { id: 'incident', title: 'Incidents' };
  if (incident === 'raised')
    return { ...head, tone: 'bad', words: 'Said on the phone', more: reason(trouble) };
  if (incident === 'suspected')
    return { ...head, tone: 'warn', words: 'It may pass by itself', more: reason(trouble) };
  return { ...head, tone: 'done', words: 'None', more: '' };
}

function storeCard({ kind, problem }: ViewModel['health']): Card {
  const head = { id: 'store', title: 'Store' };
  if (problem !== null)
    return { ...head, tone: 'bad', words: 'Kept in memory only', more: harmless(problem, 300) };
  return kind === 'disk'
    ? { ...head, tone: 'done', words: 'On disk', more: 'survives a restart' }
    : { ...head, tone: 'waiting', words: 'In memory', more: 'without STATE_DIR nothing survives a restart' };
}

const SCAN: Readonly<Record<NonNullable<Services['discovery']>['scan'], { tone: Tone; words: string }>> = {
  signedOut: { tone: 'waiting', words: 'Waits for qBittorrent' },
  scanning: { tone: 'moving', words: 'Looks for what downloads already' },
  scanned: { tone: 'moving', words: 'Looks for what downloads already' },
  pausing: { tone: 'waiting', words: 'Looks again soon' },
  idle: { tone: 'done', words: 'Running' },
};

function supervisorCard({ supervisor, discovery }: Services): Card {
  const head = { id: 'supervisor', title: 'Supervisor' };
  if (discovery === null) return { ...head, tone: 'bad', words: `Is ${supervisor}`, more: '' };
  const more = discovery.newest === 'off' ? '' : 'looks for new torrents by itself';
  return { ...head, ...SCAN[discovery.scan], more };
}

function reason(failure: Failure | null): string {
  return failure === null ? '' : harmless(failure.message, 300);
}
