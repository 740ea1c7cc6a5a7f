import { posix } from 'node:path';
import { parseConfig } from '../../../src/config/index.ts';
import { describeProblem, parseRules } from '../../../src/config/rules/index.ts';
import { variables } from '../../../src/config/setting-names.ts';
import { ofKind, sidecars } from '../manifest.ts';
import type { Container, Manifest, PodSpec } from '../manifest.ts';

/** The secret that users create, as k8s/component/sidecar.yaml describes. */
export const SECRET: Readonly<Record<string, string>> = {
  'qbit-pass': 'PASSWORD',
  'ntfy-topic': 'https://ntfy.example.org/downloads',
};

/** The variables of a container, those of its ConfigMaps first. */
export function environmentOf({ env = [], envFrom = [] }: Container, manifests: readonly Manifest[]) {
  const maps = envFrom.map(({ configMapRef }) =>
    ofKind(manifests, 'ConfigMap').find(({ metadata }) => metadata.name === configMapRef?.name),
  );
  const own = env.map(({ name, value, valueFrom }): [string, string] => [
    name,
    value ?? SECRET[valueFrom?.secretKeyRef?.key ?? ''] ?? '',
  ]);
  return { ...Object.assign({}, ...maps.map((map) => map?.data)), ...Object.fromEntries(own) } as Record<
    string,
    string
  >;
}

/** Every setting exists, every file is readable, and the sidecar starts with them. */
export function environment(manifests: readonly Manifest[]): string[] {
  return sidecars(manifests).flatMap(({ pod, container }) => {
    const values = environmentOf(container, manifests);
    const unknown = Object.keys(values).filter(
      (name) => !variables.has(name) && !/^(NODE_|image$)/.test(name),
    );
    const parsed = parseConfig(values, (path) => readSecret(path, pod, container));
    return [
      unknown.map((name) => `${container.name}: ${name} is no setting`),
      parsed.ok ? [] : [`${container.name}: ${parsed.message}`],
      stateless(values, container),
      frozen(container),
      withoutRules(values, pod, container, manifests),
    ].flat();
  });
}

function stateless(values: Record<string, string>, container: Container): string[] {
  const dir = values['STATE_DIR'];
  if (dir === undefined) return [];
  const mount = mountAt(dir, container);
  return mount !== undefined && mount.readOnly !== true
    ? []
    : [`${container.name}: STATE_DIR is ${dir}, where it can't write`];
}

/** The kubelet updates a mounted folder, and never a file or folder that is mounted with `subPath`. */
function frozen({ name, volumeMounts = [] }: Container): string[] {
  return volumeMounts
    .filter(({ subPath, subPathExpr }) => (subPath ?? subPathExpr) !== undefined)
    .map((mount) => `${name} mounts ${mount.name} with a subPath: it is never updated`);
}

/** `RULES_FILE` names a valid file in a mounted ConfigMap. */
function withoutRules(
  values: Record<string, string>,
  { volumes = [] }: PodSpec,
  container: Container,
  manifests: readonly Manifest[],
): string[] {
  const path = values['RULES_FILE'] ?? '';
  if (path === '') return [];
  const mount = mountAt(path, container);
  const volume = volumes.find(({ name }) => name === mount?.name);
  const map = ofKind(manifests, 'ConfigMap').find(
    ({ metadata }) => metadata.name === volume?.configMap?.name,
  );
  const text = map?.data?.[posix.relative(mount?.mountPath ?? '/', path)];
  if (text === undefined)
    return [`${container.name}: RULES_FILE is ${path}, which is in no mounted ConfigMap`];
  const parsed = parseRules(text, { server: 'https://ntfy.example.org', topic: 'downloads' });
  const problems = parsed.ok ? parsed.warnings : parsed.problems;
  return problems.map((problem) => `${container.name}: ${describeProblem(path, problem)}`);
}

const mountAt = (path: string, { volumeMounts = [] }: Container) =>
  volumeMounts.find(({ mountPath }) => path === mountPath || path.startsWith(`${mountPath}/`));

function readSecret(path: string, { volumes = [] }: PodSpec, container: Container): string {
  const mount = mountAt(path, container);
  const volume = volumes.find(({ name }) => name === mount?.name);
  const key = mount === undefined ? '' : posix.relative(mount.mountPath, path);
  const value = volume?.secret === undefined ? undefined : SECRET[key];
  if (value === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  return value;
}
