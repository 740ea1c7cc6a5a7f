import { isBuiltin } from 'node:module';
import { defineConfig } from 'rolldown';
import type { Plugin } from 'rolldown';

/**
 * Node's own modules are asked for where they are first needed: `healthcheck` needs two of them, and an older Node,
 * which lacks some, has to get as far as `src/node-version.ts`. So the bundle has no `import`, and is a script as well
 * as a module: without a package.json beside it, as in the image, Node would try both, which costs 2 MB.
 */
const lateBuiltins: Plugin = {
  name: 'late-builtins',
  resolveId: (id) => (isBuiltin(id) ? `\0${id}` : null),
  load: (id) =>
    isBuiltin(id.slice(1)) ? `module.exports = process.getBuiltinModule('${id.slice(1)}');` : null,
};

/** V8 keeps a source in two bytes a character for the sake of one arrow: 0.7 MB. */
const ascii: Plugin = {
  name: 'ascii',
  generateBundle: (_, bundle) => {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type === 'chunk') chunk.code = chunk.code.replace(/[^\0-\x7f]/g, escape);
    }
  },
};

const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** One file for the image: no node_modules, 30 MB less memory than the sources as they are. */
export default defineConfig({
  input: 'src/cli.ts',
  platform: 'node',
  plugins: [lateBuiltins, ascii],
  // Nor would an older one get through the syntax of today. pino asks for `require.main`, which only a script has.
  transform: { target: 'es2022', define: { 'require.main': 'undefined' } },
  // ofetch brings a polyfill of fetch (117 KB) for its `node` condition; `worker` leaves Node's own.
  resolve: { conditionNames: ['worker', 'import', 'node', 'default'] },
  output: { file: 'dist/sidecar.js', format: 'cjs', strict: true, minify: true, codeSplitting: false },
});
