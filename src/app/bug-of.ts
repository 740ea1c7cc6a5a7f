import type { SupervisorEmitted } from '../../machines/supervisor/emitted.ts';

/** An exception of our own code, and where it was thrown. */
export interface Bug {
  what: string;
  error: unknown;
  fields: Record<string, unknown>;
}

/** The exception in this program that an event reports; `null` for other events. */
export function bugOf(event: SupervisorEmitted): Bug | null {
  if (event.type === 'outbox.crashed') {
    const { notification, error } = event;
    if (notification === null) return { what: 'reading the limits of ntfy failed', error, fields: {} };
    const { kind, key } = notification;
    return { what: 'sending a message failed', error, fields: { kind, key } };
  }
  if (event.type === 'torrent.crashed')
    return { what: 'a torrent actor failed, restarting it', error: event.error, fields: { hash: event.key } };
  if (event.type !== 'service.crashed') return null;
  const fields = { service: event.service };
  return { what: 'a service actor failed, restarting all services', error: event.error, fields };
}
