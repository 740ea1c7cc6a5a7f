/** House rules that the compiler does not check. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, test } from 'node:test';

const home = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(home, path), 'utf8');
const find = (...patterns: string[]): string[] => globSync(patterns, { cwd: home }).toSorted();

const machines = find('machines/**/*.ts');
const sources = find('src/**/*.ts');
const tests = find('test/**/*.ts');
/** What the project is built and developed with. It may import development dependencies, and is not shipped. */
const isWorkshop = (path: string): boolean => /^src\/(charts\/(build\/|write\.ts$)|development\/)/.test(path);
const shipped = [...machines, ...sources].filter((path) => !isWorkshop(path));

const documents = find('README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'machines/README.md', 'docs/**/*.md');

/** Comments and strings of TypeScript, as far as the project uses them. */
const COMMENT = String.raw`\/\*[\s\S]*?\*\/|\/\/[^\n]*`;
const STRING = String.raw`'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\`(?:\\.|[^\`\\])*\``;

/** A file without its comments. */
const withoutComments = (path: string): string =>
  read(path).replace(new RegExp(`(${STRING})|${COMMENT}`, 'g'), (_, string?: string) => string ?? '');

/** A file without its comments and the contents of its strings. */
const codeOf = (path: string): string => withoutComments(path).replace(new RegExp(STRING, 'g'), "''");

interface Import {
  from: string;
  /** The import: a path from the root of the project, or a package. */
  to: string;
}

/** The imports of a file, types included, in any syntax. */
function importsOf(path: string): Import[] {
  const found = withoutComments(path).matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g);
  return [...found].map(([, specifier = '']) => ({
    from: path,
    to: specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : specifier,
  }));
}

/** The imports of these files that violate a rule. */
const wrong = (paths: string[], isRight: (target: string, from: string) => boolean): string[] =>
  paths
    .flatMap(importsOf)
    .filter(({ from, to }) => !isRight(to, from))
    .map(({ from, to }) => `${from} imports ${to}`);

test('each rule has files to check', () => {
  for (const files of [machines, sources, tests, documents]) assert.ok(files.length > 1);
  assert.ok(
    importsOf('machines/supervisor/machine.ts').some(({ to }) => to === 'machines/supervisor/starting.ts'),
  );
  assert.ok(importsOf('src/commands/program.ts').some(({ to }) => to === 'src/demo/index.ts'));
});

describe('the machines', () => {
  test('import only each other, XState and zod', () => {
    assert.deepEqual(
      wrong(machines, (target) => /^machines\/|^(xstate|zod)(\/|$)/.test(target)),
      [],
    );
  });

  test('use neither the network nor the process, and no clock of their own', () => {
    const worldly =
      /\b(fetch|process|Date|performance|console|globalThis|set(Timeout|Interval|Immediate)|queueMicrotask|require)\b/;
    const found = machines.filter((path) => worldly.test(codeOf(path)));
    assert.deepEqual(found, []);
  });
});

test('shipped code reads the context of a snapshot only through the selectors of the machines', () => {
  const reading = /\.context\b|[{,]\s*context\s*[,:}]/;
  for (const text of [
    'snapshot.context.lanes',
    '({ context }) => 1',
    'const { value, context: { failure } } = snapshot',
  ])
    assert.match(text, reading);
  const found = shipped.filter((path) => path.startsWith('src/') && reading.test(codeOf(path)));
  assert.deepEqual(found, []);
});

test('shipped code imports no test', () => {
  assert.deepEqual(
    wrong([...machines, ...sources], (target) => !target.startsWith('test/')),
    [],
  );
});

test('only the demo, development and the tests import the embedded servers', () => {
  const others = [...machines, ...sources].filter(
    (path) => !/^src\/(simulator|demo|development)\//.test(path),
  );
  assert.deepEqual(
    wrong(others, (target) => !target.startsWith('src/simulator/')),
    [],
  );
});

test('shipped code writes to the terminal only through the function that cleans it', () => {
  const writing = /\b(process\.(stdout|stderr)\.write|console\.)/;
  assert.deepEqual(
    sources.filter((path) => writing.test(codeOf(path))),
    ['src/commands/terminal.ts', 'src/log/index.ts', 'src/node-version.ts'],
  );
});

/** The packages that these files import. */
function packagesOf(paths: string[]): string[] {
  const names = paths
    .flatMap(importsOf)
    .map(({ to }) => to)
    .filter((target) => !/^(node:|machines\/|src\/|package\.json$|rolldown\.config\.ts$)/.test(target))
    .map((target) => target.split('/', target.startsWith('@') ? 2 : 1).join('/'));
  return [...new Set(names)].toSorted();
}

test('every imported package is in package.json, and every dependency there is imported', () => {
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
  assert.deepEqual(packagesOf(shipped), Object.keys(dependencies).toSorted());
});

test('shipped code does not import development code', () => {
  assert.deepEqual(
    wrong(shipped, (target) => !isWorkshop(target)),
    [],
  );
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, object>;
  const known = Object.keys({ ...dependencies, ...devDependencies });
  const packages = packagesOf(sources.filter(isWorkshop));
  for (const name of ['elkjs', '@statelyai/inspect']) assert.ok(packages.includes(name));
  assert.deepEqual(
    packages.filter((name) => !known.includes(name)),
    [],
  );
});

test('no source file has more than 200 lines of code', () => {
  const long = [...machines, ...sources].filter(
    (path) =>
      withoutComments(path)
        .split('\n')
        .filter((line) => line.trim() !== '').length > 200,
  );
  assert.deepEqual(long, []);
});

test('no test is skipped without a reason beside it', () => {
  const left = tests.flatMap((path) => {
    const lines = read(path).split('\n');
    return lines
      .filter((line, index) => {
        if (/\b(test|it|describe|suite)\.only\(|\bonly: true/.test(line)) return true;
        const isLeft =
          /\b(test|it|describe|suite)\.(skip|todo)\(|\b(t|context)\.(skip|todo)\(\)|\b(skip|todo): true/;
        return isLeft.test(line) && !/\/\/ \S/.test(`${lines[index - 1]}\n${line}`);
      })
      .map((line) => `${path}: ${line.trim()}`);
  });
  assert.deepEqual(left, []);
});

describe('tracked files', () => {
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: home, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(home, path)));

  test('name no registry and no mirror: those are settings of the machine', () => {
    const hosts = [
      ['registry', 'npmjs', 'org'],
      ['registry', 'yarnpkg', 'com'],
      ['deb', 'debian', 'org'],
      ['ftp', 'debian', 'org'],
      ['security', 'debian', 'org'],
      ['snapshot', 'debian', 'org'],
    ].map((parts) => parts.join('.'));
    const found = tracked.filter((path) => hosts.some((host) => read(path).includes(host)));
    assert.ok(tracked.includes('package-lock.json'));
    assert.deepEqual(found, []);
  });

  test('are not built, cached or secret', () => {
    const found = tracked.filter((path) =>
      /(^|\/)(node_modules|dist|\.cache|\.npm|\.env)(\/|$)|\.(log|pem|key)$/.test(path),
    );
    assert.deepEqual(found, []);
  });

  test('are not ignored by git', () => {
    const args = ['ls-files', '--cached', '--ignored', '--exclude-standard'];
    assert.equal(execFileSync('git', args, { cwd: home, encoding: 'utf8' }), '');
  });
});

test('the lock file contains what is installed, not where it was downloaded', () => {
  assert.doesNotMatch(read('package-lock.json'), /"resolved"/);
  assert.match(read('package-lock.json'), /"integrity"/);
});

describe('the documents', () => {
  test('link only to existing files', () => {
    const dead = documents.flatMap((path) =>
      [...read(path).matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target = '']) => target.replace(/#.*$/, ''))
        .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
        .filter((target) => !existsSync(join(home, dirname(path), target)))
        .map((target) => `${path} links to ${target}`),
    );
    assert.deepEqual(dead, []);
  });

  test('name only existing tests', () => {
    const named = documents.flatMap((path) =>
      [...read(path).matchAll(/`(test\/[^`]*)`/g)].map(([, test = '']) => test),
    );
    assert.ok(named.includes('test/machines/paths.test.ts'));
    assert.deepEqual(
      named.filter((path) => !existsSync(join(home, path))),
      [],
    );
  });
});
