/** A page for a simulated world; the page's own timers are real. */
import type { TestContext } from 'node:test';
import type { AnyActorRef } from 'xstate';
import { digestOf } from '../../src/app/digest-status.ts';
import { historyOf } from '../../src/app/history.ts';
import { createPage, createPhonePreview, createRecentHistory } from '../../src/page/index.ts';
import type { RecentHistory } from '../../src/page/index.ts';
import { createBoard } from '../../src/page/live/board.ts';
import type { LiveBoard } from '../../src/page/live/board.ts';
import { selectIsTracked } from '../../machines/supervisor/selectors.ts';
import { createSpeeds } from '../../src/page/speeds.ts';
import type { Viewer } from '../../src/page/live/viewer.ts';
import type { PageSources } from '../../src/page/view-model.ts';
import { createMemoryHistory, DEFAULT_HISTORY } from '../../src/store/history.ts';
import type { History } from '../../src/store/history.ts';
import type { Secret } from '../../src/util/secret.ts';
import { createOpsApp } from '../../src/server/index.ts';
import { hashOf, SECOND } from '../machines/fixtures.ts';
import { startWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';
import { recorder } from '../server/apps.ts';

/** The torrents of a world that ended. */
function historyOfWorld(world: World): History {
  const history = createMemoryHistory(DEFAULT_HISTORY, () => world.clock.now());
  let processed = 0;
  return {
    ...history,
    find(query) {
      for (const event of world.written.slice(processed))
        if (event.type === 'record.delete' && event.ended !== undefined) history.add(event.ended);
      processed = world.written.length;
      return history.find(query);
    },
  };
}

/** The objects behind the page of a world. */
export function sourcesOf(world: World, over: Partial<PageSources> = {}): PageSources {
  const history = historyOfWorld(world);
  const recent = createRecentHistory(history);
  let processed = 0;
  /** The world records what its supervisor emits. */
  function process(): RecentHistory {
    for (const event of world.events.slice(processed)) recent.event(event);
    processed = world.events.length;
    return recent;
  }
  const speeds = createSpeeds({
    isTracked: (hash) => selectIsTracked(world.supervisor.getSnapshot(), hash),
  });
  world.pollListeners.push((asked, found) => speeds.polled(asked, found, world.clock.now()));
  return {
    supervisor: world.supervisor,
    store: { health: { kind: 'disk', problem: null }, history },
    recent: { event: recent.event, list: () => process().list(), last: () => process().last() },
    preview: createPhonePreview(() => world.clock.now()),
    speeds,
    timeZone: 'UTC',
    now: () => world.clock.now(),
    ...over,
  };
}

export interface Scene {
  world: World;
  board: LiveBoard;
  /** Lines of the log. */
  lines: string[];
}

/** A world and its page; all viewers disconnect with the test. */
export function startScene(t: TestContext, world: World = startWorld()): Scene {
  const { lines, log } = recorder();
  const board = createBoard(sourcesOf(world), log);
  t.after(() => board.close());
  return { world, board, lines };
}

/** A scene whose page has no timer of its own: all changes of one `pass` are one message, however slow the machine is. */
export interface SimulatedScene extends Scene {
  /** Lets time pass in the world, and then sends what changed. */
  pass: (duration: number) => Promise<void>;
}

/** As `startScene`, with simulated timers of the page. */
export function startSimulatedScene(t: TestContext, world: World = startWorld()): SimulatedScene {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const scene = startScene(t, world);
  return {
    ...scene,
    async pass(duration) {
      await world.pass(duration);
      t.mock.timers.tick(SECOND);
    },
  };
}

/** A world that tracks this many torrents, each observed once. */
export async function following(count: number) {
  const world = startWorld({ policy: { rate: null } });
  for (let n = 0; n < count; n += 1) {
    world.set(hashOf(n), { progress: 0.1, name: `torrent ${n}`, eta: null });
    world.track(hashOf(n));
  }
  await world.pass(10 * SECOND);
  return world;
}

/** The operations app of a world, for a client at an address. */
export function startApp(t: TestContext, token: Secret | null = null, world: World = startWorld()) {
  const { lines, log } = recorder();
  const sources = sourcesOf(world);
  const page = createPage({ ...sources, log });
  t.after(() => page.close());
  const app = createOpsApp({
    live: () => true,
    ready: () => true,
    status: () => ({}),
    digest: (id) => digestOf(world.supervisor, id),
    history: (query) => historyOf(sources.store.history, query),
    metrics: async () => ({ type: 'text/plain', text: '' }),
    token,
    page: (guard) => page.routes(guard),
    log,
  });
  const call = async (path: string, init: RequestInit = {}, from = '127.0.0.1') =>
    app.request(path, init, { incoming: { socket: { remoteAddress: from } } });
  return { app, call, lines, world, page };
}

/** The request headers of a browser for a typed address, or for a link from `site`. */
export const navigation = (site: 'none' | 'same-origin' | 'cross-site' = 'none') => ({
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'sec-fetch-site': site,
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
});

/** The elements of the next message, by ID. */
export async function take(viewer: Viewer | null): Promise<Map<string, string>> {
  const message = await viewer?.next();
  if (message === null || message === undefined) return new Map();
  const parts = message.html.matchAll(/<(\w+)[^>]* id="([^"]+)"/g);
  const found = new Map<string, string>();
  let end = 0;
  for (const { index, 1: tag = '', 2: id = '' } of parts) {
    // Elements of the first level only: the next one starts where this one ended.
    if (index < end) continue;
    end = endOf(message.html, index, tag);
    found.set(id, message.html.slice(index, end));
  }
  return found;
}

/** The end of an element, with any nested elements of the same name. */
function endOf(html: string, start: number, tag: string): number {
  let depth = 0;
  for (const { 0: text, index } of html.slice(start).matchAll(new RegExp(`</?${tag}\\b`, 'g'))) {
    depth += text.startsWith('</') ? -1 : 1;
    if (depth === 0) return start + index + text.length + 1;
  }
  return html.length;
}

/** The number of active inspections of a system. XState keeps them private; a spy counts them. */
export function countObservers({ system }: Pick<AnyActorRef, 'system'>): { now: number } {
  const count = { now: 0 };
  const inspect = system.inspect.bind(system);
  system.inspect = (observer) => {
    count.now += 1;
    const subscription = inspect(observer);
    return {
      unsubscribe: () => {
        count.now -= 1;
        subscription.unsubscribe();
      },
    };
  };
  return count;
}

/** Timers of this process, with and without unref. */
export const countTimers = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
