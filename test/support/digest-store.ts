/** The digests in a store that survives the process, written and read by the shipped code. */
import type { DigestChange, StoredDigests } from '../../machines/digest/types.ts';
import { restoredDigests, saveDigestChange } from '../../src/store/digests.ts';

export interface DigestStore {
  write: (change: DigestChange) => void;
  stored: () => StoredDigests;
  /** All names of all digests, the oldest first. */
  names: () => (string | null)[];
}

export function createDigestStore(): DigestStore {
  const facts = new Map<string, unknown>();
  const setFact = (name: string, value: unknown) => {
    if (value === undefined) facts.delete(name);
    else facts.set(name, structuredClone(value));
  };
  const stored = () => restoredDigests({ facts });
  return {
    write: (change) => saveDigestChange({ setFact }, change),
    stored,
    names: () => stored().digests.flatMap(({ members }) => members.map(({ name }) => name)),
  };
}
