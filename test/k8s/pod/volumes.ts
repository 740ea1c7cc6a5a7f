/** A pod's volumes as folders, with the owners and modes that the kubelet sets. */
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PodSpec } from '../manifest.ts';

type Volume = NonNullable<PodSpec['volumes']>[number];

export interface VolumeOptions {
  /** Contents of the files of every secret. */
  secrets: Readonly<Record<string, string>>;
  /** Whether a file can belong to another user. */
  hasUsers: boolean;
}

/** The folder of each volume, by name. Claims are new and empty: a folder of root. */
export function makeVolumes(
  { volumes = [], securityContext }: PodSpec,
  folder: string,
  { secrets, hasUsers }: VolumeOptions,
): Map<string, string> {
  const group = hasUsers ? securityContext?.fsGroup : undefined;
  return new Map(
    volumes.map((volume) => {
      const path = join(folder, volume.name);
      mkdirSync(path, { recursive: true });
      if (volume.secret === undefined) own(path, volume.emptyDir === undefined ? 0o755 : 0o777, group);
      else fill(path, volume.secret, group, secrets);
      return [volume.name, path];
    }),
  );
}

/** With an `fsGroup` the group may write, and new files belong to the group. */
function own(path: string, mode: number, group: number | undefined): void {
  if (group !== undefined) chownSync(path, 0, group);
  chmodSync(path, group === undefined ? mode : mode | 0o2770);
}

function fill(
  path: string,
  { defaultMode = 0o644 }: NonNullable<Volume['secret']>,
  group: number | undefined,
  secrets: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries(secrets)) {
    const file = join(path, name);
    writeFileSync(file, value);
    if (group !== undefined) chownSync(file, 0, group);
    chmodSync(file, group === undefined ? defaultMode : defaultMode | 0o440);
  }
  chmodSync(path, 0o755);
}
