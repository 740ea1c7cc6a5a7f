/** The modules that a command loads: each unneeded one costs time and memory. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Prints each module as it is loaded. */
const PRELOAD = `import { registerHooks } from 'node:module';
import { writeSync } from 'node:fs';
registerHooks({ load: (url, context, next) => (writeSync(1, url + '\\n'), next(url, context)) });`;

/** The files and packages that a command loads. */
function loads(command: string, env: Record<string, string>) {
  const preload = `data:text/javascript,${encodeURIComponent(PRELOAD)}`;
  const args = ['--import', preload, 'src/cli.ts', command];
  const { stdout, status } = spawnSync(process.execPath, args, { cwd: ROOT, env, encoding: 'utf8' });
  const paths = stdout
    .split('\n')
    .filter((url) => url.startsWith('file:'))
    .map((url) => relative(ROOT, fileURLToPath(url)));
  return { status, paths, packages: paths.filter((path) => path.includes('node_modules')) };
}

test('a health check loads no package, and only the files that it needs', () => {
  const { status, paths } = loads('healthcheck', { OPS_PORT: '1' });
  assert.equal(status, 1);
  assert.deepEqual(paths.toSorted(), [
    'src/cli.ts',
    'src/commands/exit.ts',
    'src/commands/healthcheck.ts',
    'src/commands/terminal.ts',
    'src/commands/unsettled.ts',
    'src/config/port.ts',
    'src/node-version.ts',
    'src/util/printable.ts',
  ]);
});

test('the sidecar loads no option parser, no other command and no simulator', () => {
  const { status, paths, packages } = loads('serve', {});
  assert.equal(status, 78);
  assert.ok(packages.some((path) => path.includes('/zod/')));
  assert.deepEqual(
    packages.filter((path) => path.includes('/commander/')),
    [],
  );
  const commands = paths.filter((path) => /^src\/(commands|demo|doctor|simulator)\//.test(path));
  assert.deepEqual(commands.toSorted(), [
    'src/commands/exit.ts',
    'src/commands/serve.ts',
    'src/commands/terminal.ts',
    'src/commands/unsettled.ts',
  ]);
});

const yaml = (packages: string[]) => packages.filter((path) => path.includes('/yaml/')).length;

test('the sidecar loads the YAML parser only with RULES_FILE', () => {
  // The start fails after everything is loaded: no machine has this address (RFC 5737).
  const env = { NTFY_TOPIC: 'http://127.0.0.1:9/downloads', HOOK_PORT: '0', OPS_HOST: '192.0.2.1' };
  const without = loads('serve', env);
  assert.deepEqual([without.status, yaml(without.packages)], [1, 0]);
  const withRules = loads('serve', { ...env, RULES_FILE: 'rules.example.yaml' });
  assert.equal(withRules.status, 1);
  assert.ok(yaml(withRules.packages) > 0);
});
