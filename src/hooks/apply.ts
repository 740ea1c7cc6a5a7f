import type { Result } from '../../machines/domain.ts';
import { err } from '../http/request.ts';
import type { Connection } from '../qbittorrent/connection.ts';
import { readSlots, writeSlots } from '../qbittorrent/preferences.ts';
import type { Slots } from '../qbittorrent/preferences.ts';
import { writesOf } from './plan.ts';
import type { Plan } from './plan.ts';

/** Writes a plan to qBittorrent and reads it back. Writes nothing when nothing changes; returns `null` then. */
export async function applyPlan(
  connection: Connection,
  plan: Plan,
  signal?: AbortSignal,
): Promise<Result<Slots | null>> {
  const writes = writesOf(plan);
  if (Object.keys(writes).length === 0) return { ok: true, value: null };
  const written = await writeSlots(connection, writes, signal);
  if (!written.ok) return written;
  const found = await readSlots(connection, signal);
  if (!found.ok) return found;
  for (const name of ['added', 'finished'] as const) {
    const [desired, is] = [writes[name], found.value[name]];
    if (desired === undefined) continue;
    if (is?.enabled !== desired.enabled || is.program !== desired.program)
      return err('protocol', `qBittorrent at ${connection.host} did not store the hook that was written`);
  }
  return found;
}
