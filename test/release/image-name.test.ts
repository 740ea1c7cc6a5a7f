/** The image has the same name and version wherever it is mentioned. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { test } from 'node:test';
import { home, manifest, read } from './workflows.ts';

const places = globSync(['README.md', 'SECURITY.md', 'docs/**/*.md', 'k8s/**/*.{yaml,md}', 'compose*.yaml'], {
  cwd: home,
});

/** Each mention of the image with a tag or a digest: the text before its name, and after it. */
const mentions = places.flatMap((path) =>
  [...read(path).matchAll(/([\w./-]*\/)?qbit-ntfy-sidecar([:@][\w.:-]+)/g)].map(
    ([, registry = '', version = '']) => ({ path, registry, version: version.replace(/\.$/, '') }),
  ),
);

test('the manifests and the documents mention the image', () => {
  assert.ok(mentions.some(({ path }) => path.startsWith('k8s/')));
  assert.ok(mentions.some(({ path }) => path === 'README.md'));
});

test('its version is that of package.json, or a digest', () => {
  const right = [`:${manifest.version}`, '@sha256:'];
  assert.deepEqual(
    mentions.filter(({ version }) => !right.some((start) => version.startsWith(start))),
    [],
  );
});

test('it is either built here, or the one that the release publishes', () => {
  assert.deepEqual(
    mentions.filter(({ registry }) => !['', 'localhost/', 'ghcr.io/OWNER/'].includes(registry)),
    [],
  );
});

const label = (name: string) =>
  new RegExp(`org\\.opencontainers\\.image\\.${name}="([^"]*)"`).exec(read('Dockerfile'))?.[1];

test('the Dockerfile has the name and the licence of package.json', () => {
  assert.equal(label('title'), manifest.name);
  assert.equal(label('licenses'), manifest.license);
});
