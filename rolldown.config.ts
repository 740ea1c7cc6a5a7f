import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { defineConfig } from 'rolldown';
import type { Plugin } from 'rolldown';
import { charts } from './src/charts/drawn.ts';
import { rulesSchema } from './src/commands/rules/json-schema.ts';
import { settingsSchema } from './src/config/settings-schema.ts';

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

/** An expression for a value that is compressed until it is evaluated. */
function packed(value: unknown): string {
  const text = brotliCompressSync(JSON.stringify(value)).toString('base64');
  return `JSON.parse(process.getBuiltinModule('zlib').brotliDecompressSync(Buffer.from('${text}', 'base64')))`;
}

/** What is generated, and rarely needed: the statecharts have 125 KB, and a viewer opens one at a time. */
const packedData: Plugin = {
  name: 'packed-data',
  load(id) {
    if (id.endsWith('/src/charts/drawn.ts')) {
      const getters = Object.keys(charts).map((name) => `get ${name}() { return unpack().${name}; }`);
      return `const unpack = () => ${packed(charts)}; export const charts = { ${getters.join(', ')} };`;
    }
    if (id.endsWith('/src/commands/rules/json-schema.ts'))
      return `export const rulesSchema = () => ${packed(rulesSchema())};`;
    if (id.endsWith('/src/config/settings-schema.ts'))
      return `export const settingsSchema = () => ${packed(settingsSchema())};`;
    return null;
  },
};

/** Parts of packages that the packages import and this program does not use. */
const UNUSED = [
  // What writes YAML, changes documents, and knows the types of YAML 1.1.
  /\/yaml\/browser\/dist\/(stringify\/|schema\/yaml-1\.1\/|visit\.|doc\/(createNode|applyReviver|anchors)\.|parse\/cst-)/,
  // What makes JSON Schemas: the bundle has those that it needs, see above.
  /\/zod\/v4\/core\/(json-schema-processors|to-json-schema)\.js$/,
  // Logging in worker threads.
  /\/pino\/lib\/transport\.js$/,
];

/** `test/commands/rules-bundle.test.ts` compares the bundle with the sources. */
const withoutUnused: Plugin = {
  name: 'without-unused',
  load(id) {
    if (!UNUSED.some((pattern) => pattern.test(id))) return null;
    const unused = `const unused = () => { throw new Error('not in the bundle'); };`;
    const names = exportsOf(readFileSync(id, 'utf8'));
    if (names.length === 0) return `${unused} module.exports = unused;`;
    return `${unused} export { ${names.map((name) => `unused as ${name}`).join(', ')} };`;
  },
};

/** The names that an ES module exports; none for CommonJS. */
function exportsOf(source: string): string[] {
  const lists = [...source.matchAll(/^export \{([^}]+)\};/gm)].flatMap(([, list = '']) => list.split(','));
  const declared = [...source.matchAll(/^export (?:const|function|class) (\w+)/gm)].map(
    ([, name = '']) => name,
  );
  return [...declared, ...lists.map((entry) => entry.trim().replace(/^.* as /, ''))];
}

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
  plugins: [lateBuiltins, packedData, withoutUnused, ascii],
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
