import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { home, manifest, read } from './workflows.ts';

const root = mkdtempSync(join(tmpdir(), 'release-'));
after(() => rmSync(root, { recursive: true }));

interface Outcome {
  status: number;
  out: string;
  err: string;
}

/** Runs the release's command on a project with this changelog. */
function notes(changelog: string, ...args: string[]): Promise<Outcome> {
  writeFileSync(join(root, 'package.json'), JSON.stringify({ version: '1.2.3' }));
  writeFileSync(join(root, 'CHANGELOG.md'), changelog);
  const script = join(home, '.github', 'release-notes.ts');
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...args], { cwd: root }, (_, out, err) =>
      resolve({ status: child.exitCode ?? -1, out, err }),
    );
  });
}

const CHANGELOG = `# Changelog

## 1.2.3 (2026-11-23)

- Something new.

## 1.2.2 (2026-01-01)

- Something old.
`;

describe('the notes of a release', () => {
  test('are the entry of its version only', async () => {
    assert.deepEqual(await notes(CHANGELOG, 'v1.2.3'), { status: 0, out: '- Something new.\n', err: '' });
  });

  test('name the image by its digest', async () => {
    const { out } = await notes(CHANGELOG, 'v1.2.3', 'ghcr.io/owner/name@sha256:abc');
    assert.match(out, /^- Something new\.\n\n## The image\n\n```\nghcr\.io\/owner\/name@sha256:abc\n```/);
  });

  const wrong = [
    { what: 'a tag that is not the version', tag: 'v1.2.4', changelog: CHANGELOG },
    { what: 'a tag without its v', tag: '1.2.3', changelog: CHANGELOG },
    { what: 'no tag at all', tag: '', changelog: CHANGELOG },
    { what: 'an entry that is missing', tag: 'v1.2.3', changelog: '# Changelog\n\n## 1.2.30 (2026-11-23)\n' },
    { what: 'an entry without a date', tag: 'v1.2.3', changelog: '## 1.2.3 (unreleased)\n\n- x\n' },
  ];
  for (const { what, tag, changelog } of wrong) {
    test(`are refused for ${what}, which fails the release`, async () => {
      const { status, out, err } = await notes(changelog, tag);
      assert.equal(status, 1);
      assert.equal(out, '');
      assert.match(err, /^[^\n]+\n$/);
    });
  }
});

test('the changelog has an entry for the version in package.json', () => {
  const [, newest] = /^## (\S+) \((?:unreleased|\d{4}-\d{2}-\d{2})\)$/m.exec(read('CHANGELOG.md')) ?? [];
  assert.equal(newest, manifest.version);
});
