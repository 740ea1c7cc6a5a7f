import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const home = join(import.meta.dirname, '..', '..');

interface Diagnostic {
  filename: string;
  message: string;
  labels: Array<{ label: string; span: { line: number } }>;
}

/** The findings of one oxlint rule in these folders. */
function lint(folders: string[], rules: Record<string, unknown>): Diagnostic[] {
  const folder = mkdtempSync(join(tmpdir(), 'house-'));
  const config = join(folder, 'oxlint.json');
  writeFileSync(config, JSON.stringify({ categories: { correctness: 'off' }, rules }));
  const bin = join(home, 'node_modules', '.bin', 'oxlint');
  const args = ['-c', config, '--format', 'json', ...folders];
  const { stdout } = spawnSync(bin, args, { cwd: home, encoding: 'utf8', maxBuffer: 2 ** 26 });
  rmSync(folder, { recursive: true });
  return (JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics;
}

/** A constant of a module is defined before anything runs; one of a function is indented. */
function isOfFunction({ filename, labels }: Diagnostic): boolean {
  const { span } = labels.find(({ label }) => label.includes('defined')) ?? {};
  assert.ok(span !== undefined);
  const line = readFileSync(join(home, filename), 'utf8').split('\n')[span.line - 1];
  return line?.startsWith(' ') === true;
}

/** In a closure this is correct until it is called earlier: then it is a ReferenceError. */
test('no function uses a constant of its own before its definition, not even in a closure', () => {
  const found = lint(['src', 'machines'], {
    'no-use-before-define': ['error', { functions: false, classes: false, variables: true }],
  });
  assert.ok(found.length > 0, 'the rule is enabled');
  assert.deepEqual(
    found.filter(isOfFunction).map(({ filename, message }) => `${filename}: ${message}`),
    [],
  );
});
