import type { Policy } from '../policy.ts';
import type { Rules } from '../routing/rules.ts';
import { digestFromOf, progressModeOf } from '../routing/topic-policy.ts';
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

/**
 * How notifications are grouped with this policy and these rules. `milestones` is for iPhones, which show each update as
 * another card.
 */
export const digestSettings = (policy: Policy, rules: Rules, readNtfy: () => NtfyState): DigestSettings => ({
  digestFrom: (route) => digestFromOf(policy, rules, route),
  isGrouped: (rule) => rules.isGrouped(rule),
  updateInterval(route) {
    const { live, isScarce } = readNtfy();
    if (live === false || progressModeOf(policy, rules, route) === 'milestones') return null;
    return isScarce ? SCARCE_INTERVAL : UPDATE_INTERVAL;
  },
});
