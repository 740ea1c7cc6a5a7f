import type { Observation } from '../domain.ts';
import type { RuleFields } from './types.ts';

/** One array for all torrents without tags. */
export const NO_TAGS: readonly string[] = Object.freeze([]);

/** The fields that no observation has shown, or that an older version did not store. */
export const UNKNOWN_FIELDS: Readonly<
  Pick<Observation, 'category' | 'tags' | 'tracker' | 'path' | 'private'>
> = Object.freeze({ category: null, tags: NO_TAGS, tracker: null, path: null, private: null });

/**
 * What rules match of an observation. The size is unknown without metadata, and also while no file is selected: a rule
 * for small torrents must not match one whose files are not chosen yet.
 */
export const ruleFieldsOf = ({
  hash,
  name,
  category,
  tags,
  tracker,
  path,
  size,
  private: isPrivate,
}: Observation): RuleFields => ({
  hash,
  name,
  category,
  tags,
  tracker,
  path,
  size: size === 0 ? null : size,
  private: isPrivate,
});

/** Whether rules cannot distinguish two observations of a torrent. Most polls compare texts that are shared, so equal. */
export const haveSameFields = (one: Observation, other: Observation): boolean =>
  one.size === other.size &&
  one.name === other.name &&
  one.category === other.category &&
  one.tracker === other.tracker &&
  one.path === other.path &&
  one.private === other.private &&
  haveSameTags(one.tags, other.tags);

const haveSameTags = (tags: readonly string[], others: readonly string[]): boolean =>
  tags === others || (tags.length === others.length && tags.every((tag, index) => tag === others[index]));
