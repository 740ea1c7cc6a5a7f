import type { Observation } from '../../machines/domain.ts';
import { UNKNOWN_FIELDS } from '../../machines/routing/fields.ts';

/** A download with the values of the examples in `src/ntfy/template-fields.ts`, where nothing else is known. */
export const EXAMPLE_TORRENT: Readonly<Observation> = {
  hash: '0123456789abcdef0123456789abcdef01234567',
  v1: null,
  v2: null,
  name: null,
  phase: 'downloading',
  progress: 0.43,
  size: 0,
  speed: 12_000_000,
  eta: 750,
  downloaded: 0,
  duration: 425,
  ratio: 0.3,
  addedAt: 0,
  finishedAt: null,
  ...UNKNOWN_FIELDS,
};
