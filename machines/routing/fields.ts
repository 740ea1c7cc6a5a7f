import type { Observation } from '../domain.ts';
import type { RuleFields } from './types.ts';

/** One array for all torrents without tags. */
export const NO_TAGS: readonly string[] = Object.freeze([]);

type Labels = Pick<RuleFields, 'category' | 'tags' | 'tracker' | 'path' | 'private'>;

/** The fields that an observation may not contain. */
const labelsOf = (observation: Observation & Partial<Labels>): Labels => ({
  category: observation.category ?? null,
  tags: observation.tags ?? NO_TAGS,
  tracker: observation.tracker ?? null,
  path: observation.path ?? null,
  private: observation.private ?? null,
});

/** What rules match of an observation. The size is unknown without metadata. */
export const ruleFieldsOf = (observation: Observation): RuleFields => ({
  hash: observation.hash,
  name: observation.name,
  size: observation.size === 0 ? null : observation.size,
  ...labelsOf(observation),
});

/** Whether rules cannot distinguish two observations of a torrent. */
export const haveSameFields = (
  one: Observation & Partial<Labels>,
  other: Observation & Partial<Labels>,
): boolean =>
  one.size === other.size &&
  one.name === other.name &&
  one.category === other.category &&
  one.tracker === other.tracker &&
  one.path === other.path &&
  one.private === other.private &&
  haveSameTags(one.tags ?? NO_TAGS, other.tags ?? NO_TAGS);

const haveSameTags = (tags: readonly string[], others: readonly string[]): boolean =>
  tags === others || (tags.length === others.length && tags.every((tag, index) => tag === others[index]));
