import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { variables } from '../../src/config/setting-names.ts';
import { SECRET } from './checks/environment.ts';
import { read } from './kustomize.ts';
import type { Workload } from './manifest.ts';

const home = join(import.meta.dirname, '..', '..');
const text = (path: string): string => readFileSync(join(home, path), 'utf8');
const documents = ['README.md', ...globSync('docs/*.md', { cwd: home })];

/** The code blocks of all documents, and of the comments in manifests. */
const blocks = documents.flatMap((path) =>
  [...text(path).matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].map(([, block = '']) => ({ path, block })),
);

test('a block that names a file of k8s/ contains lines of that file', () => {
  const shown = blocks.flatMap(({ path, block }) => {
    const [, file, lines = ''] = /^# (k8s\/\S+)\n([\s\S]*)$/.exec(block) ?? [];
    return file === undefined ? [] : [{ path, file, lines }];
  });
  assert.ok(shown.length >= 2);
  for (const { path, file, lines } of shown) {
    assert.ok(`\n${text(file)}`.includes(`\n${lines}`), `${path} shows lines that are not in ${file}`);
  }
});

test('every folder that a document or a manifest applies exists', () => {
  const files = [...documents, ...globSync('k8s/*/*.yaml', { cwd: home })];
  const named = files.flatMap((path) =>
    [...text(path).matchAll(/kubectl apply -k (\S+?)`?(?=[\s,.;]|$)/g)].map(([, folder = '']) => folder),
  );
  assert.ok(named.includes('k8s/base') && named.includes('k8s/policy'));
  assert.deepEqual(
    named.filter((folder) => !existsSync(join(home, folder, 'kustomization.yaml'))),
    [],
  );
});

test('the secret that users are told to create is the one that the manifests read', () => {
  const command = /kubectl create secret generic (\S+) \\\n((?: *(?:# )?.*--from-literal.*\n)+)/g;
  const commands = [...documents, 'k8s/component/sidecar.yaml'].flatMap((path) =>
    Array.from(text(path).matchAll(command)),
  );
  assert.ok(commands.length >= 2);
  for (const [, name, literals = ''] of commands) {
    assert.equal(name, 'qbit-ntfy');
    const pairs = [...literals.matchAll(/--from-literal=([\w-]+)=(\S+)/g)].map(([, key, value]) => [
      key,
      value,
    ]);
    assert.deepEqual(Object.fromEntries(pairs), SECRET);
  }
});

test('the Kubernetes page lists every folder and every alert', () => {
  const page = text('docs/kubernetes.md');
  for (const folder of globSync('k8s/*/', { cwd: home }))
    assert.match(page, new RegExp(`^\\| \\[${folder}\\]`, 'm'));
  const [rules] = read('k8s/monitoring/rules.yaml');
  assert.ok(rules);
  const { groups } = rules.spec as { groups: { rules: { alert: string }[] }[] };
  const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
  const described = [...page.matchAll(/^\| `(Qbit\w+)` \|/gm)].map(([, alert]) => alert);
  assert.deepEqual(described, alerts);
});

test('the costs of a pod on the fleet page are the requests of the manifests', () => {
  const page = text('docs/fleet.md');
  const [component] = read('k8s/component/sidecar.yaml') as Workload[];
  const { requests = {}, limits = {} } =
    component?.spec.template.spec.initContainers?.find(({ name }) => name === 'qbit-ntfy')?.resources ?? {};
  const [, memory, limit] = /^\| memory \| (\d+) Mi, limited to (\d+) Mi \|/m.exec(page) ?? [];
  assert.deepEqual([`${memory}Mi`, `${limit}Mi`], [requests['memory'], limits['memory']]);
  const [, cpu] = /^\| CPU \| (\d+) m, no limit:/m.exec(page) ?? [];
  assert.deepEqual([`${cpu}m`, undefined], [requests['cpu'], limits['cpu']]);
  const [, pods = '', cores, gibibytes] =
    /^([\d,]+) pods are (\d+) cores and (\d+) Gi \*requested\*/m.exec(page) ?? [];
  const count = Number(pods.replace(',', ''));
  assert.ok(count > 0);
  assert.equal(Number(cores), (count * Number(cpu)) / 1000);
  assert.equal(Number(gibibytes), Math.round((count * Number(memory)) / 1024));
});

test('settings that only a comment proposes are settings too', () => {
  const proposed = globSync('k8s/*/settings.env', { cwd: home }).flatMap((path) =>
    [...text(path).matchAll(/^# ([A-Z_]+)=/gm)].map(([, name = '']) => name),
  );
  assert.ok(proposed.length > 0);
  assert.deepEqual(
    proposed.filter((name) => !variables.has(name)),
    [],
  );
});
