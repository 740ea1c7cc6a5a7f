import * as z from 'zod';
import type { CompletionSettings, Result } from '../../machines/domain.ts';
import { err, parseJson } from '../http/request.ts';
import { failureOfStatus, resultOf } from './connection.ts';
import type { Connection } from './connection.ts';

/** One of the two events for which qBittorrent runs a command. */
export type SlotName = 'added' | 'finished';

/** The command of an event. */
export interface Slot {
  enabled: boolean;
  program: string;
}

/** `added` is `null` before qBittorrent 4.5, which runs no command when a torrent is added. */
export interface Slots {
  added: Slot | null;
  finished: Slot;
}

const KEYS = {
  added: ['autorun_on_torrent_added_enabled', 'autorun_on_torrent_added_program'],
  finished: ['autorun_enabled', 'autorun_program'],
} as const;

const preferences = z.object({
  autorun_enabled: z.boolean(),
  autorun_program: z.string(),
  autorun_on_torrent_added_enabled: z.boolean().optional(),
  autorun_on_torrent_added_program: z.string().optional(),
});

/** The preferences in the schema. Needs a session. */
async function readPreferences<T>(
  { call, host }: Connection,
  schema: z.ZodType<T>,
  signal?: AbortSignal,
): Promise<Result<T>> {
  const reply = await call('app/preferences', undefined, signal);
  if (!reply.ok) return reply;
  const refusal = failureOfStatus(reply.value, host);
  if (refusal !== null) return refusal;
  const parsed = schema.safeParse(parseJson(reply.value.text));
  return parsed.success ? { ok: true, value: parsed.data } : err('protocol', `${host} sent no preferences`);
}

/** The commands that qBittorrent runs when a torrent is added or finished. Needs a session. */
export async function readSlots(connection: Connection, signal?: AbortSignal): Promise<Result<Slots>> {
  const read = await readPreferences(connection, preferences, signal);
  if (!read.ok) return read;
  const data = read.value;
  const { autorun_on_torrent_added_enabled: enabled, autorun_on_torrent_added_program: program } = data;
  return {
    ok: true,
    value: {
      added: enabled === undefined || program === undefined ? null : { enabled, program },
      finished: { enabled: data.autorun_enabled, program: data.autorun_program },
    },
  };
}

const checking = z.object({
  recheck_completed_torrents: z.boolean().catch(false),
  refresh_interval: z.number().positive().max(600_000).catch(1500),
});

/** libtorrent updates its figures each second, and a recheck may start a moment later. */
const SETTLE_MARGIN = 2000;

/**
 * Whether "Recheck torrents on completion" is on, and how long a torrent's figures can be inconsistent: qBittorrent
 * refreshes them one after the other, by default each 1.5 s. Needs a session.
 */
export async function readCompletionSettings(
  connection: Connection,
  signal?: AbortSignal,
): Promise<Result<CompletionSettings>> {
  const read = await readPreferences(connection, checking, signal);
  if (!read.ok) return read;
  const { recheck_completed_torrents: rechecks, refresh_interval: refresh } = read.value;
  return { ok: true, value: { rechecks, settlesIn: 2 * refresh + SETTLE_MARGIN } };
}

/** Writes these slots only: other preferences are unchanged. */
export async function writeSlots(
  { call, host }: Connection,
  slots: Partial<Record<SlotName, Slot>>,
  signal?: AbortSignal,
): Promise<Result<null>> {
  const changes: Record<string, boolean | string> = {};
  for (const name of ['added', 'finished'] as const) {
    const slot = slots[name];
    if (slot === undefined) continue;
    const [enabled, program] = KEYS[name];
    changes[enabled] = slot.enabled;
    changes[program] = slot.program;
  }
  return resultOf(await call('app/setPreferences', { json: JSON.stringify(changes) }, signal), host);
}
