import type { Publication } from '../../machines/outbox/machine.ts';

/** The result of a request to ntfy: what reaches the phone, and what the sidecar receives. */
export interface PublishResult {
  arrives: 'whole' | 'half' | 'not';
  answer: Publication | 'never' | 'crash';
}

const failed = (kind: Extract<Publication, { ok: false }>['failure']['kind']) =>
  ({ ok: false, failure: { kind, message: kind } }) as const;

/** The faults of ntfy and of the connection to it. */
export const NTFY_FAULTS = {
  unauthorized: { arrives: 'not', answer: failed('unauthorized') },
  burst: { arrives: 'not', answer: failed('limited') },
  day: { arrives: 'not', answer: failed('exhausted') },
  broken: { arrives: 'not', answer: failed('broken') },
  hang: { arrives: 'not', answer: 'never' },
  lateHang: { arrives: 'whole', answer: 'never' },
  closeBefore: { arrives: 'not', answer: failed('unreachable') },
  closeAfter: { arrives: 'whole', answer: failed('unreachable') },
  closeBetween: { arrives: 'half', answer: failed('unreachable') },
  garbage: { arrives: 'whole', answer: failed('protocol') },
  misdirected: { arrives: 'not', answer: failed('misdirected') },
  crash: { arrives: 'whole', answer: 'crash' },
} as const satisfies Record<string, PublishResult>;

export type NtfyFault = keyof typeof NTFY_FAULTS;

export const SUCCESS: PublishResult = { arrives: 'whole', answer: { ok: true, value: { live: true } } };
