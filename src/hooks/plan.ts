/** What would have to change in qBittorrent: decided here, written elsewhere. */
import type { Slot, SlotName, Slots } from '../qbittorrent/preferences.ts';
import { addressFlaw, problemsOf, proxyFlaw } from './flaws.ts';
import { hookLine, obstacleTo, pastProxies } from './line.ts';
import type { LineOptions, Wanted } from './line.ts';
import { readLine } from './read-line.ts';
import type { OurLine } from './read-line.ts';

/** What becomes of a slot. `kept`: it works as it is. `blocked`: somebody else's command stands there. */
export type SlotPlan =
  | { action: 'write'; slot: Slot; was: 'empty' | 'ours' }
  | { action: 'kept' }
  | { action: 'blocked' }
  /** This qBittorrent has no such slot. */
  | { action: 'absent' };

export type Plan = Record<SlotName, SlotPlan>;

/** `exact`: as a fresh one would be. `working`: whatever works stays as it is. */
export type Care = 'exact' | 'working';

/** Only an empty slot is filled, and only lines of ours are changed: a foreign command is never touched. */
export function planInstall(slots: Slots, wanted: Wanted, care: Care): Plan {
  const knowsIds = slots.added !== null;
  const plan = (name: SlotName): SlotPlan => {
    const slot = slots[name];
    if (slot === null) return { action: 'absent' };
    const read = readLine(slot.program);
    if (read.kind === 'foreign') return { action: 'blocked' };
    if (read.kind === 'script') return { action: slot.enabled ? 'kept' : 'blocked' };
    const wasOn = read.kind === 'ours' ? read.wasOn : slot.enabled;
    if (care === 'working' && read.kind === 'ours' && slot.enabled) {
      const flaws = problemsOf(read, name, wanted, knowsIds);
      if (flaws.length === 0) return { action: 'kept' };
      // Nothing else is wrong with it: options that the owner added stay, as `-k` for a certificate of his own.
      if (read.hasMore && flaws.length === 1 && flaws[0] === proxyFlaw(read))
        return {
          action: 'write',
          slot: { enabled: true, program: pastProxies(slot.program, read) },
          was: 'ours',
        };
    }
    const program = hookLine({
      ...(read.kind === 'ours' ? keeping(read, wanted, care) : wanted),
      slot: name,
      placeholder: knowsIds ? '%K' : '%I',
      token: wanted.token?.reveal() ?? null,
      wasOn,
    });
    const works = care === 'exact' && read.kind === 'ours' && slot.enabled && slot.program === program;
    return works ? { action: 'kept' } : { action: 'write', slot: { enabled: true, program }, was: read.kind };
  };
  return { added: plan('added'), finished: plan('finished') };
}

/**
 * What an update leaves as it is: an address that can be right where none was given, and, when nobody asked for the
 * update, the program. The owner's machine may have no other.
 */
function keeping(line: OurLine, wanted: Wanted, care: Care): Pick<LineOptions, 'url' | 'tool' | 'program'> {
  const isRight = addressFlaw(line, wanted) === false && obstacleTo({ url: line.url, token: null }) === null;
  const url = isRight && !wanted.urlIsGiven ? line.url : wanted.url;
  return care === 'exact' ? { url, tool: wanted.tool } : { url, tool: line.tool, program: line.program };
}

/** Lines of ours go; the switch is left as the line remembers it. */
export function planUninstall(slots: Slots): Plan {
  const plan = (name: SlotName): SlotPlan => {
    const slot = slots[name];
    if (slot === null) return { action: 'absent' };
    const read = readLine(slot.program);
    if (read.kind === 'ours')
      return { action: 'write', slot: { enabled: read.wasOn, program: '' }, was: 'ours' };
    return { action: read.kind === 'empty' ? 'kept' : 'blocked' };
  };
  return { added: plan('added'), finished: plan('finished') };
}

/** The slots that a plan writes. */
export function writesOf(plan: Plan): Partial<Record<SlotName, Slot>> {
  const writes: Partial<Record<SlotName, Slot>> = {};
  for (const name of ['added', 'finished'] as const) {
    const slotPlan = plan[name];
    if (slotPlan.action === 'write') writes[name] = slotPlan.slot;
  }
  return writes;
}
