/** SECURITY.md: each guarantee names its test. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read } from './workflows.ts';

const sectionOf = (title: string): string =>
  read('SECURITY.md')
    .split(/^## /m)
    .find((section) => section.startsWith(`${title}\n`)) ?? '';

test('each guarantee of SECURITY.md names the attack, the measure and its test', () => {
  const promised = sectionOf('What is promised');
  const headings = promised.match(/^### .*$/gm) ?? [];
  const rows = promised.split('\n').filter((line) => line.startsWith('| ') && !/^\| (attack|---)/.test(line));
  assert.ok(headings.length > 3 && rows.length > 10);
  assert.deepEqual(
    rows.filter((row) => !/^\| [^|]+ \| [^|]+ \| `test\/[^`]+`(, `test\/[^`]+`)* \|$/.test(row)),
    [],
  );
});

test('SECURITY.md also lists what is not guaranteed', () => {
  const points = sectionOf('What is not promised').match(/^- \*\*(That|What) /gm) ?? [];
  assert.ok(points.length > 5);
});
