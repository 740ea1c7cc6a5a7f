import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { jobs, manifest, read, releaseJob, steps, stepUsing, workflows } from './workflows.ts';

test('there are workflows to check', () => {
  assert.deepEqual(
    workflows.map(({ path }) => path),
    ['.github/workflows/ci.yml', '.github/workflows/release.yml'],
  );
  assert.ok(steps.length > 10);
});

describe('an action of others', () => {
  const used = workflows.flatMap(({ path, text }) =>
    [...text.matchAll(/^.*\buses: *(\S.*)$/gm)].map(([, reference = '']) => ({ path, reference })),
  );

  test('is pinned to a commit, and a comment names its version', () => {
    const foreign = used.filter(({ reference }) => !reference.startsWith('./'));
    assert.ok(foreign.length >= 8);
    assert.deepEqual(
      foreign.filter(({ reference }) => !/^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(reference)),
      [],
    );
  });

  test('is the same commit in every workflow', () => {
    const commits = Map.groupBy(used, ({ reference }) => reference.replace(/@.*$/, ''));
    const several = [...commits].filter(
      ([, uses]) => new Set(uses.map(({ reference }) => reference)).size > 1,
    );
    assert.deepEqual(several, []);
  });
});

describe('a job', () => {
  test('has only the rights that it needs, and a workflow has none of its own', () => {
    for (const { path, permissions } of workflows) assert.deepEqual(permissions, {}, path);
    const rights = Object.fromEntries(jobs.map(({ where, it }) => [where, it.permissions]));
    assert.deepEqual(rights, {
      '.github/workflows/ci.yml, test': { contents: 'read' },
      '.github/workflows/release.yml, notes': { contents: 'read' },
      '.github/workflows/release.yml, test': { contents: 'read' },
      '.github/workflows/release.yml, publish': {
        contents: 'read',
        packages: 'write',
        'id-token': 'write',
      },
      '.github/workflows/release.yml, release': { contents: 'write' },
    });
  });

  test('leaves no token in the checkout', () => {
    const checkouts = steps.filter(({ it }) => it.uses?.startsWith('actions/checkout@'));
    assert.ok(checkouts.length >= 4);
    for (const { where, it } of checkouts) assert.equal(it.with?.['persist-credentials'], false, where);
  });

  test('inserts no expression into a script, where it would be run or printed', () => {
    const scripts = steps.filter(({ it }) => it.run !== undefined);
    assert.deepEqual(
      scripts.filter(({ it }) => /\$\{\{|\bset -[a-z]*x|\bprintenv\b|\benv$/m.test(it.run ?? '')),
      [],
    );
  });

  test('has the token of its run and no other secret, and passes it only to the login and to gh', () => {
    for (const { path, text } of workflows) assert.doesNotMatch(text, /\bsecrets\b/, path);
    const holders = steps.filter(({ it }) => JSON.stringify(it).includes('github.token'));
    assert.deepEqual(
      holders.map(({ it }) => it.uses?.replace(/@.*$/, '') ?? it.run?.split(' ', 2).join(' ')),
      ['docker/login-action', 'gh release'],
    );
  });

  test('calls only existing npm scripts', () => {
    const called = steps
      .flatMap(({ it }) => Array.from((it.run ?? '').matchAll(/\bnpm (?:run )?([\w:-]+)/g)))
      .map(([, name = '']) => name);
    assert.ok(called.includes('test'));
    assert.deepEqual(
      called.filter((name) => name !== 'ci' && manifest.scripts[name] === undefined),
      [],
    );
  });
});

describe('a release', () => {
  const publish = releaseJob('publish');
  const build = stepUsing(publish, 'docker/build-push-action').with ?? {};

  test('is triggered by a version tag, after the notes, the tests and the image', () => {
    const release = workflows.find(({ path }) => path.endsWith('release.yml'));
    assert.deepEqual(release?.on, { push: { tags: ['v*'] } });
    assert.deepEqual(
      ['test', 'publish', 'release'].map((name) => releaseJob(name).needs),
      ['notes', 'test', 'publish'],
    );
    assert.equal(releaseJob('test').uses, './.github/workflows/ci.yml');
    assert.ok('workflow_call' in (workflows.find(({ path }) => path.endsWith('ci.yml'))?.on ?? {}));
  });

  test('has the image for both platforms, with its bill of materials and provenance', () => {
    assert.equal(build['platforms'], 'linux/amd64,linux/arm64');
    assert.equal(build['push'], true);
    assert.equal(build['sbom'], true);
    assert.equal(build['provenance'], 'mode=max');
  });

  test('signs the image by its digest without a key, and verifies the signature', () => {
    const signing = publish.steps?.find(({ run }) => run?.includes('cosign sign'));
    assert.match(signing?.env?.['IMAGE'] ?? '', /@\$\{\{ steps\.build\.outputs\.digest \}\}$/);
    assert.match(signing?.run ?? '', /^cosign sign --yes --recursive "\$IMAGE"\ncosign verify .*"\$IMAGE"$/m);
    assert.doesNotMatch(signing?.run ?? '', /--key/);
  });

  test('names the image by its repository and its version, and passes the version to the Dockerfile', () => {
    assert.match(
      publish.steps?.find(({ id }) => id === 'name')?.run ?? '',
      /ghcr\.io\/\$\{GITHUB_REPOSITORY,,\}/,
    );
    assert.match(String(build['tags']), /\.image \}\}:\$\{\{ steps\.name\.outputs\.version \}\}$/);
    assert.match(String(build['build-args']), /^VERSION=\$\{\{ steps\.name\.outputs\.version \}\}$/m);
    assert.match(read('Dockerfile'), /^ARG VERSION=/m);
  });

  test('adds labels to those of the Dockerfile and replaces none', () => {
    const own = new Set(read('Dockerfile').match(/org\.opencontainers\.image\.[\w.]+(?==)/g));
    const added = [...String(build['labels']).matchAll(/^([\w.]+)=/gm)].map(([, label]) => label);
    assert.deepEqual(added, ['org.opencontainers.image.source', 'org.opencontainers.image.revision']);
    assert.ok(own.has('org.opencontainers.image.version'));
    assert.deepEqual(
      added.filter((label) => own.has(label ?? '')),
      [],
    );
  });
});

test('packages, actions and base images all receive updates', () => {
  const { updates } = parse(read('.github/dependabot.yml')) as {
    updates: Array<Record<'package-ecosystem', string>>;
  };
  assert.deepEqual(updates.map((update) => update['package-ecosystem']).toSorted(), [
    'docker',
    'github-actions',
    'npm',
  ]);
  assert.match(
    read('.npmrc'),
    /^omit-lockfile-registry-resolved=true$/m,
    'for every update of the lock file',
  );
});
