/** The release uses base images by digest. No registry is used here: a program replaces Docker's. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { home, read, releaseJob, stepUsing } from './workflows.ts';

const root = mkdtempSync(join(tmpdir(), 'bases-'));
after(() => rmSync(root, { recursive: true }));

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

interface Release {
  /** Docker's output for each requested image; it fails for any other. */
  digests: Record<string, string>;
  dockerfile?: string;
}

const publish = releaseJob('publish');
const step = publish.steps?.find(({ id }) => id === 'bases');

/** Runs the step of the workflow as GitHub does, and returns its outputs. */
function resolve({ digests, dockerfile = read('Dockerfile') }: Release) {
  const folder = mkdtempSync(join(root, 'run-'));
  cpSync(join(home, '.github'), join(folder, '.github'), { recursive: true });
  writeFileSync(join(folder, 'Dockerfile'), dockerfile);
  mkdirSync(join(folder, 'bin'));
  const cases = Object.entries(digests).map(([image, text]) => `'${image}') printf '%s\\n' '${text}';;`);
  writeFileSync(
    join(folder, 'bin', 'docker'),
    [
      '#!/bin/sh',
      '[ "$1 $2 $3 $4 $5" = "buildx imagetools inspect --format {{ .Manifest.Digest }}" ] || exit 64',
      `case "$6" in ${cases.join(' ')} *) echo "no such image: $6" >&2; exit 1;; esac`,
    ].join('\n'),
    { mode: 0o755 },
  );
  const output = join(folder, 'output');
  writeFileSync(output, '');
  const path = [join(folder, 'bin'), join(process.execPath, '..'), process.env['PATH']].join(delimiter);
  const ended = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step?.run ?? ''], {
    cwd: folder,
    env: { PATH: path, GITHUB_OUTPUT: output },
    encoding: 'utf8',
  });
  return { status: ended.status, error: ended.stderr, outputs: readOutputs(folder) };
}

function readOutputs(folder: string): string[] {
  const ended = spawnSync('cat', [join(folder, 'output')], { encoding: 'utf8' });
  return ended.stdout.split('\n').filter((line) => line !== '');
}

const NODE = 'node:24-slim';
const DISTROLESS = 'gcr.io/distroless/nodejs24-debian13:nonroot';
const both = { [NODE]: digest('a'), [DISTROLESS]: digest('b') };

describe('the base images of a release', () => {
  test('are resolved to digests before the build', () => {
    const { status, outputs, error } = resolve({ digests: both });
    assert.deepEqual({ status, error }, { status: 0, error: '' });
    assert.deepEqual(outputs, [
      `build_image=${NODE}@${digest('a')}`,
      `runtime_image=${DISTROLESS}@${digest('b')}`,
    ]);
    const names = publish.steps?.map(({ id }) => id).filter((id) => id !== undefined) ?? [];
    assert.ok(names.indexOf('bases') < names.indexOf('build') && names.includes('bases'));
  });

  test('are passed to the build by their digests, each argument that the Dockerfile has', () => {
    const given = String(stepUsing(publish, 'docker/build-push-action').with?.['build-args']);
    const names = [...read('Dockerfile').matchAll(/^ARG (\w+_IMAGE)=/gm)].map(([, name = '']) => name);
    assert.equal(names.length, 2);
    for (const name of names)
      assert.match(
        given,
        new RegExp(`^${name}=\\$\\{\\{ steps\\.bases\\.outputs\\.${name.toLowerCase()} \\}\\}$`, 'm'),
      );
  });

  test('may already have a digest, which is kept', () => {
    const dockerfile = read('Dockerfile').replace(NODE, `${NODE}@${digest('c')}`);
    const { outputs } = resolve({ digests: { [DISTROLESS]: digest('b') }, dockerfile });
    assert.equal(outputs[0], `build_image=${NODE}@${digest('c')}`);
  });

  const refused: Record<string, Release> = {
    'a registry that does not answer': { digests: { [NODE]: digest('a') } },
    'an empty answer': { digests: { ...both, [DISTROLESS]: '' } },
    'a tag instead of a digest': { digests: { ...both, [DISTROLESS]: 'nonroot' } },
    'a digest that is too short': { digests: { ...both, [DISTROLESS]: 'sha256:abc' } },
    'two lines': { digests: { ...both, [DISTROLESS]: `${digest('b')}\nversion=9` } },
    'a digest in the Dockerfile that is none': {
      digests: both,
      dockerfile: read('Dockerfile').replace(NODE, `${NODE}@latest`),
    },
    'a base that is no argument': {
      digests: both,
      dockerfile: read('Dockerfile').replace(
        'FROM --platform=$TARGETPLATFORM ${RUNTIME_IMAGE}',
        'FROM debian:13',
      ),
    },
  };
  for (const [what, release] of Object.entries(refused)) {
    test(`are refused for ${what}, which fails the release`, () => {
      const { status, outputs, error } = resolve(release);
      assert.equal(status, 1);
      assert.deepEqual(outputs, []);
      assert.match(error, /^(No digest of|The Dockerfile has a base that is no argument)/m);
    });
  }
});
