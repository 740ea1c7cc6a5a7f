import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { defineConfig } from 'rolldown';
import type { Plugin } from 'rolldown';
import { charts } from './src/charts/drawn.ts';

/**
 * Loads Node's built-in modules when they are first used: `healthcheck` needs only two of them, and an older Node, which
 * lacks some, must reach `src/node-version.ts`. So the bundle has no `import`, and is valid as a script: without a
 * package.json next to it, as in the image, Node would parse it as both kinds, which costs 2 MB.
 */
const lateBuiltins: Plugin = {
  name: 'late-builtins',
  resolveId: (id) => (isBuiltin(id) ? `\0${id}` : null),
  load: (id) =>
    isBuiltin(id.slice(1)) ? `module.exports = process.getBuiltinModule('${id.slice(1)}');` : null,
};

/** The statecharts have 125 KB, and are needed only when a viewer opens one: they are compressed until then. */
const packedCharts: Plugin = {
  name: 'packed-charts',
  load(id) {
    if (!id.endsWith('/src/charts/drawn.ts')) return null;
    const packed = brotliCompressSync(JSON.stringify(charts)).toString('base64');
    const getters = Object.keys(charts).map((name) => `get ${name}() { return unpack().${name}; }`);
    return `import { brotliDecompressSync } from 'node:zlib';
      const unpack = () => JSON.parse(brotliDecompressSync(Buffer.from('${packed}', 'base64')));
      export const charts = { ${getters.join(', ')} };`;
  },
};

/** The parts of the YAML package that write YAML, change documents and know the types of YAML 1.1: 40 KB. */
const WRITER =
  /\/yaml\/browser\/dist\/(stringify\/|schema\/yaml-1\.1\/|visit\.|doc\/(createNode|applyReviver|anchors)\.|parse\/cst-)/;

/** `src/config/rules` only reads YAML 1.2, and `test/commands/rules-bundle.test.ts` reads it with the bundle. */
const yamlReader: Plugin = {
  name: 'yaml-reader',
  load(id) {
    if (!WRITER.test(id)) return null;
    const [, names = ''] = /export \{ ([^}]+) \};/.exec(readFileSync(id, 'utf8')) ?? [];
    const exported = names.split(', ').map((name) => `unused as ${name}`);
    return `const unused = () => { throw new Error('not in the bundle'); }; export { ${exported.join(', ')} };`;
  },
};

/** V8 stores a source with any non-Latin-1 character in two bytes per character: 0.7 MB more. */
const ascii: Plugin = {
  name: 'ascii',
  generateBundle: (_, bundle) => {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type === 'chunk') chunk.code = chunk.code.replace(/[^\0-\x7f]/g, escape);
    }
  },
};

const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** One file for the image: no node_modules, and 30 MB less memory than with the sources. */
export default defineConfig({
  input: 'src/cli.ts',
  platform: 'node',
  plugins: [lateBuiltins, packedCharts, yamlReader, ascii],
  // An older Node could not parse newer syntax. pino reads `require.main`.
  transform: { target: 'es2022', define: { 'require.main': 'undefined' } },
  // ofetch bundles a polyfill of fetch (117 KB) for the `node` condition; `worker` uses Node's own.
  resolve: {
    conditionNames: ['worker', 'import', 'node', 'default'],
    // The same parser as ES modules: what is not used is left out. For Node the package has only CommonJS.
    alias: { yaml: fileURLToPath(new URL('node_modules/yaml/browser/index.js', import.meta.url)) },
  },
  output: { file: 'dist/sidecar.js', format: 'cjs', strict: true, minify: true, codeSplitting: false },
});
