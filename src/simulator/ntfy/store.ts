/** The events of a simulated ntfy: an append-only cache, and who listens to it. */
import type { NtfyEvent } from './event.ts';
import type { NtfyGeneration } from './generation.ts';

export type Listener = (event: NtfyEvent) => void;

export interface Store {
  /** Everything that was published, in order, uncached events included. */
  events: NtfyEvent[];
  publish: (event: NtfyEvent) => void;
  /** Returns how to stop listening. */
  subscribe: (listener: Listener) => () => void;
  /** Cached events of the topics, as `since` says. `null`: it says nothing (40008). */
  since: (topics: string[], since: string) => NtfyEvent[] | null;
}

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600 };

/** The Unix second that `since` means, or `null` when it is no time. */
function parseTime(since: string, now: number): number | null {
  if (/^\d{9,}$/.test(since)) return Number(since);
  const [, amount, unit] = /^(\d+)([smh])$/.exec(since) ?? [];
  if (amount === undefined || unit === undefined) return null;
  return Math.floor(now / 1000) - Number(amount) * (UNITS[unit] ?? 1);
}

/** `since=latest` came with 2.12. */
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
      // An ID that isn't there answers everything.
      return found.slice(found.findIndex(({ id }) => id === since) + 1);
    },
  };
}
