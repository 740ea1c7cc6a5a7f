/** Decides what to change in qBittorrent; `apply.ts` writes it. */
import type { Slot, SlotName, Slots } from '../qbittorrent/preferences.ts';
import { addressProblem, problemsOf, proxyProblem } from './problems.ts';
import { hookLine, obstacleTo, bypassProxies } from './line.ts';
import type { LineOptions, DesiredLine } from './line.ts';
import { readLine } from './read-line.ts';
import type { OurLine } from './read-line.ts';

/** What to do with an option. `kept`: it works. `blocked`: it contains another command. */
export type SlotPlan =
  | { action: 'write'; slot: Slot; was: 'empty' | 'ours' }
  | { action: 'kept' }
  | { action: 'blocked' }
  /** This qBittorrent has no such option. */
  | { action: 'absent' };

export type Plan = Record<SlotName, SlotPlan>;

/** `exact`: the line is replaced unless it equals a new one. `working`: a line that works is kept. */
export type Strictness = 'exact' | 'working';

/** Only an empty option is filled, and only lines of the sidecar are changed: other commands are never touched. */
export function planInstall(slots: Slots, desired: DesiredLine, strictness: Strictness): Plan {
  const supportsIds = slots.added !== null;
  const plan = (name: SlotName): SlotPlan => {
    const slot = slots[name];
    if (slot === null) return { action: 'absent' };
    const read = readLine(slot.program);
    if (read.kind === 'foreign') return { action: 'blocked' };
    if (read.kind === 'script') return { action: slot.enabled ? 'kept' : 'blocked' };
    const wasOn = read.kind === 'ours' ? read.wasOn : slot.enabled;
    if (strictness === 'working' && read.kind === 'ours' && slot.enabled) {
      const problems = problemsOf(read, name, desired, supportsIds);
      if (problems.length === 0) return { action: 'kept' };
      // Nothing else is wrong with it: options that the user added are kept, such as `-k`.
      if (read.hasMore && problems.length === 1 && problems[0] === proxyProblem(read))
        return {
          action: 'write',
          slot: { enabled: true, program: bypassProxies(slot.program, read) },
          was: 'ours',
        };
    }
    const program = hookLine({
      ...(read.kind === 'ours' ? unchangedParts(read, desired, strictness) : desired),
      slot: name,
      placeholder: supportsIds ? '%K' : '%I',
      token: desired.token?.reveal() ?? null,
      wasOn,
    });
    const works = strictness === 'exact' && read.kind === 'ours' && slot.enabled && slot.program === program;
    return works ? { action: 'kept' } : { action: 'write', slot: { enabled: true, program }, was: read.kind };
  };
  return { added: plan('added'), finished: plan('finished') };
}

/**
 * The parts of a line that an update does not change: its address if the settings give none and it may be right; for
 * automatic updates also the program, because the other one may not be installed.
 */
function unchangedParts(
  line: OurLine,
  desired: DesiredLine,
  strictness: Strictness,
): Pick<LineOptions, 'url' | 'tool' | 'program'> {
  const isRight =
    addressProblem(line, desired) === false && obstacleTo({ url: line.url, token: null }) === null;
  const url = isRight && !desired.isUrlGiven ? line.url : desired.url;
  return strictness === 'exact'
    ? { url, tool: desired.tool }
    : { url, tool: line.tool, program: line.program };
}

/** Lines of the sidecar are removed; the option is enabled again if it was before. */
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

/** The options that a plan writes. */
export function writesOf(plan: Plan): Partial<Record<SlotName, Slot>> {
  const writes: Partial<Record<SlotName, Slot>> = {};
  for (const name of ['added', 'finished'] as const) {
    const slotPlan = plan[name];
    if (slotPlan.action === 'write') writes[name] = slotPlan.slot;
  }
  return writes;
}
