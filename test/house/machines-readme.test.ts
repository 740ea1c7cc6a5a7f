/** machines/README.md names only what exists. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const home = join(import.meta.dirname, '..', '..');
const readme = readFileSync(join(home, 'machines', 'README.md'), 'utf8');
const sources = globSync('{machines,src/app}/**/*.ts', { cwd: home }).map((path) =>
  readFileSync(join(home, path), 'utf8'),
);

test('every event in the table of messages exists', () => {
  const table = readme.split(/^## /m).find((section) => section.startsWith('Who sends what to whom')) ?? '';
  const events = [...table.matchAll(/`([a-zA-Z]+\.[a-zA-Z]+|rescan)`/g)].map(([, name = '']) => name);
  assert.ok(events.length > 40);
  assert.deepEqual(
    events.filter((name) => !sources.some((source) => source.includes(`'${name}'`))),
    [],
  );
});

test('every folder of an actor is in the tree, and every named file exists', () => {
  const actors = globSync('machines/*/', { cwd: home }).map((folder) => folder.replace(/^machines\//, ''));
  const inTree = (name: string) =>
    new RegExp(`\\b${name.replace(/-(.)/, (_, letter: string) => letter.toUpperCase())}\\b`).test(readme);
  assert.deepEqual(
    actors.filter((name) => !inTree(name)),
    [],
  );
  const files = [...readme.matchAll(/\]\(([^)#]+)[^)]*\)|`([\w-]+\/[\w-]+\.ts)`/g)].map(
    ([, link, name]) => link ?? name ?? '',
  );
  assert.ok(files.length > 10);
  assert.deepEqual(
    files.filter((path) => !existsSync(join(home, 'machines', path)) && !existsSync(join(home, path))),
    [],
  );
});
