/** The events of a simulated ntfy: an append-only cache and its subscribers. */
import type { NtfyEvent } from './event.ts';
import type { NtfyGeneration } from './generation.ts';

export type Listener = (event: NtfyEvent) => void;

export interface Store {
  /** All published events, in order, including uncached ones. */
  events: NtfyEvent[];
  publish: (event: NtfyEvent) => void;
  /** Returns a function that unsubscribes. */
  subscribe: (listener: Listener) => () => void;
  /** The cached events of the topics, by `since`. `null`: `since` is invalid (40008). */
  since: (topics: string[], since: string) => NtfyEvent[] | null;
}

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600 };

/** `since` as Unix seconds; `null` if it is not a time. */
function parseTime(since: string, now: number): number | null {
  if (/^\d{9,}$/.test(since)) return Number(since);
  const [, amount, unit] = /^(\d+)([smh])$/.exec(since) ?? [];
  if (amount === undefined || unit === undefined) return null;
  return Math.floor(now / 1000) - Number(amount) * (UNITS[unit] ?? 1);
}

/** `since=latest` exists since 2.12. */
export function createStore(generation: NtfyGeneration, now: () => number): Store {
  const events: NtfyEvent[] = [];
  const listeners = new Set<Listener>();
  const cached = (topics: string[]) =>
    events.filter(({ topic, expires }) => topics.includes(topic) && (expires ?? 0) * 1000 > now());
  return {
    events,
    publish: (event) => {
      events.push(event);
      listeners.forEach((listener) => listener(event));
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    since: (topics, since) => {
      const found = cached(topics);
      if (since === 'none') return [];
      if (since === 'all') return found;
      if (since === 'latest' && generation === 'current') return found.slice(-1);
      const time = parseTime(since, now());
      if (time !== null) return found.filter((event) => event.time >= time);
      if (!/^[A-Za-z0-9]{12}$/.test(since)) return null;
      // An unknown ID returns all events.
      return found.slice(found.findIndex(({ id }) => id === since) + 1);
    },
  };
}
