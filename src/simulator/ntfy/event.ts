/** The events that ntfy sends to subscribers. */
import type { Action } from './actions.ts';

/** One event as JSON; empty fields are omitted. */
export interface NtfyEvent {
  id: string;
  /** Absent if it equals `id`, and on servers without sequence IDs. */
  sequence_id?: string;
  /** Unix seconds. */
  time: number;
  /** Unix seconds; absent with `cache: no`. */
  expires?: number;
  event: 'message' | 'message_clear' | 'message_delete';
  topic: string;
  title?: string;
  message?: string;
  /** 1 to 5; absent = 3. */
  priority?: number;
  tags?: string[];
  click?: string;
  icon?: string;
  actions?: Action[];
  content_type?: string;
}

/** The card an event belongs to. */
export const sequenceOf = (event: NtfyEvent): string => event.sequence_id ?? event.id;
