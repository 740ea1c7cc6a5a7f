import type { Policy } from '../policy.ts';
import type { DigestSettings } from './types.ts';

/** Milliseconds between two updates of a digest; the second one while a small quota has to last for the day. */
const UPDATE_INTERVAL = 10_000;
const SCARCE_INTERVAL = 60_000;

/** What the outbox knows of ntfy. */
export interface NtfyState {
  /** Whether it updates cards in place; `null` until its first answer. */
  live: boolean | null;
  /** Whether the day's quota is small. */
  isScarce: boolean;
}

/** How completions are grouped with this policy. `milestones` is for iPhones, which show each update as another card. */
export const digestSettings = (policy: Policy, readNtfy: () => NtfyState): DigestSettings => ({
  digestFrom: () => policy.digestFrom,
  isGrouped: () => true,
  updateInterval() {
    const { live, isScarce } = readNtfy();
    if (live === false || policy.progress === 'milestones') return null;
    return isScarce ? SCARCE_INTERVAL : UPDATE_INTERVAL;
  },
});
