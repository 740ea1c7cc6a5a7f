import type { SnapshotFrom } from 'xstate';
import type { DigestId } from './content.ts';
import { memberWith } from './digests.ts';
import type { Digest } from './digests.ts';
import type { Hash } from '../domain.ts';
import type { digestMachine } from './machine.ts';

type Snapshot = SnapshotFrom<typeof digestMachine>;

/** The digests, the newest first; without alerts that are only collected. */
export const selectDigests = ({ context }: Snapshot): Digest[] =>
  [...context.digests.byId.values()].filter(({ isCollecting }) => isCollecting !== true).toReversed();

/** A digest by its ID; `undefined` if there is none, or if it was deleted because there are newer ones. */
export const selectDigest = ({ context }: Snapshot, id: DigestId): Digest | undefined =>
  context.digests.byId.get(id);

/** Whether the alert of a torrent is on a digest. */
export const selectIsAlertShared = (snapshot: Snapshot, key: Hash): boolean =>
  selectDigests(snapshot).some(
    (digest) => digest.alert !== undefined && memberWith(digest, key) !== undefined,
  );
