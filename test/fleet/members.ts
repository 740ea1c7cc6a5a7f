/** The requests of each of many sidecars to one ntfy, read from the proxy in front of it. */
import type { SeenRequest } from '../servers/index.ts';

/** The requests of one sidecar that count against ntfy's limit, in their order. */
export interface Member {
  instance: string;
  /** Messages that ntfy accepted. */
  accepted: SeenRequest[];
  /** Answered 429. */
  refused: SeenRequest[];
  /** When each completion was accepted, by its sequence ID; several times where it was sent again. */
  completions: Map<string, number[]>;
  /** Progress cards and their updates among the accepted messages. */
  progress: number;
}

export const nameOf = (n: number): string => `pod${String(n).padStart(3, '0')}`;

/** Whether a request counts against the limit: a message, or the deletion of a card. */
const counts = ({ method, path }: SeenRequest): boolean =>
  (method === 'POST' && path === '/') || method === 'DELETE';

/** `pod007-<hash>` or `pod007-<hash>-done`. */
function sequenceOf({ method, path, body }: SeenRequest): string {
  if (method === 'DELETE') return path.split('/').at(-1) ?? '';
  const card = JSON.parse(body) as { sequence_id?: string };
  return card.sequence_id ?? '';
}

export function membersOf(requests: readonly SeenRequest[], size: number): Member[] {
  const members = new Map<string, Member>();
  for (let n = 0; n < size; n += 1) {
    const instance = nameOf(n);
    members.set(instance, { instance, accepted: [], refused: [], completions: new Map(), progress: 0 });
  }
  for (const request of requests.filter(counts)) {
    const sequence = sequenceOf(request);
    const member = members.get(sequence.split('-')[0] ?? '');
    if (member === undefined) throw new Error(`a message of no sidecar: ${sequence}`);
    if (request.status === 429) member.refused.push(request);
    if (request.status !== 200) continue;
    member.accepted.push(request);
    if (request.method === 'DELETE') continue;
    if (!sequence.endsWith('-done')) member.progress += 1;
    else member.completions.set(sequence, [...(member.completions.get(sequence) ?? []), request.at]);
  }
  return [...members.values()];
}

/** Minimum, median, 95th percentile, maximum. */
export function spreadOf(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number) => Math.round(sorted[Math.floor((sorted.length - 1) * part)] ?? 0);
  return `${at(0)} / ${at(0.5)} / ${at(0.95)} / ${at(1)}`;
}
