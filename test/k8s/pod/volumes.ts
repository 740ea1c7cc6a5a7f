/** A pod's volumes as folders, with the owners and modes that the kubelet sets. */
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ofKind } from '../manifest.ts';
import type { Manifest, PodSpec } from '../manifest.ts';

type Volume = NonNullable<PodSpec['volumes']>[number];

export interface VolumeOptions {
  /** Contents of the files of every secret. */
  secrets: Readonly<Record<string, string>>;
  /** Whether a file can belong to another user. */
  hasUsers: boolean;
  /** With the ConfigMaps. */
  manifests: readonly Manifest[];
}

/** The folder of each volume, by name. Claims are new and empty: a folder of root. */
export function makeVolumes(
  { volumes = [], securityContext }: PodSpec,
  folder: string,
  { secrets, hasUsers, manifests }: VolumeOptions,
): Map<string, string> {
  const group = hasUsers ? securityContext?.fsGroup : undefined;
  return new Map(
    volumes.map((volume) => {
      const path = join(folder, volume.name);
      mkdirSync(path, { recursive: true });
      if (volume.secret === undefined) own(path, volume.emptyDir === undefined ? 0o755 : 0o777, group);
      else fill(path, volume.secret, group, secrets);
      if (volume.configMap !== undefined) link(path, volume.configMap, manifests);
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

/** As the kubelet writes it: each version has a folder of its own, to which links lead. Without the ConfigMap: empty. */
function link(
  path: string,
  { name }: NonNullable<Volume['configMap']>,
  manifests: readonly Manifest[],
): void {
  const map = ofKind(manifests, 'ConfigMap').find(({ metadata }) => metadata.name === name);
  const version = '..2026_01_01_00_00_00.1';
  mkdirSync(join(path, version));
  symlinkSync(version, join(path, '..data'));
  for (const [key, text] of Object.entries(map?.data ?? {})) {
    writeFileSync(join(path, version, key), text);
    symlinkSync(join('..data', key), join(path, key));
  }
}
