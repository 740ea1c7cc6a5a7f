import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchFiles } from './batch.ts';
import { kindOf, parseArguments, selectFiles, SLOWEST } from './select.ts';

const isBrowser = (file: string): boolean => file.startsWith('test/browser/');
const select = (...args: string[]) => selectFiles(parseArguments(args));

test('every file that does not run only when named is either a unit test or a real one', () => {
  const [all, unit, real] = [select(), select('--unit'), select('--real')];
  assert.deepEqual([...unit, ...real].toSorted(), all.toSorted());
  assert.ok(unit.length > 0 && real.length > 0);
  assert.ok(!all.some((file) => /^test\/(chaos|bench|fleet|soak)\//.test(file)));
});

test('a test that uses real servers, a browser, the image or processes is a real one, whether it imports them directly or not', () => {
  for (const file of [
    'e2e/restarts',
    'browser/interaction',
    'image/image',
    'contract/ntfy',
    'k8s/pod',
    'inspect/viewer',
    'development/start',
    'store/instance',
  ])
    assert.equal(kindOf(`test/${file}.test.ts`), 'real', file);
  for (const file of ['machines/outbox/outbox', 'app/start', 'store/record', 'doctor/hooks'])
    assert.equal(kindOf(`test/${file}.test.ts`), 'unit', file);
});

test('the slowest files exist, and start first', () => {
  assert.deepEqual(select().slice(0, SLOWEST.length), SLOWEST);
});

test('files that take minutes by design run when they are named', () => {
  assert.ok(select('test/chaos').length > 0);
  assert.ok(
    select('--unit', 'test/machines/outbox').every((file) => file.startsWith('test/machines/outbox/')),
  );
});

test('every selected file runs in exactly one process, and all files of test/browser in the same', () => {
  const files = select();
  const batches = batchFiles(files, (file) => kindOf(file) === 'unit');
  assert.deepEqual(batches.flatMap(({ files }) => files).toSorted(), files.toSorted());
  const [browser, ...others] = batches.filter(({ files }) => files.some(isBrowser));
  assert.deepEqual(browser?.files, files.filter(isBrowser));
  assert.deepEqual(others, []);
});
