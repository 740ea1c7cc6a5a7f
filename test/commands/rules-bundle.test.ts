/** The bundle has only the part of the YAML package that reads YAML: it must find the same problems as the sources. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { before, test } from 'node:test';
import { ensureBundle } from '../../src/development/bundle.ts';
import { parseConfig } from '../../src/config/index.ts';
import { checkRules } from '../../src/commands/rules/check.ts';
import { rulesSchema } from '../../src/commands/rules/json-schema.ts';
import { fileOf } from './rules-files.ts';
import { createTerminal } from './terminal.ts';

let bundle = '';
before(async () => {
  bundle = await ensureBundle();
});

const files: Array<[title: string, text: string]> = [
  [
    'every kind of value',
    'rules:\n- name: "a\\u0041"\n  match: { tag: [&x b, *x, \'c\'], private: true, size: "< 1 GB" }\n  completion:\n    priority: 0x5\n    message: |\n      {{name}}\n    title: >-\n      {{size}}\n',
  ],
  ['JSON', '{ "rules": [ { "name": "a", "digest": false } ] }'],
  ['syntax errors', 'rules: [\n- }: {{a\n\t"x'],
  ['tags of YAML 1.1', 'rules: !!set { a }\ntopics: !!omap [a: b]\nquiet: !!binary aGVsbG8=\n'],
  ['a directive', '%YAML 1.1\n---\nrules: []\n'],
  ['merge keys, comments and anchors', 'a: &a { x: 1 } # c\nrules: # d\n- <<: *a\n  ? [k]\n  : v\n'],
  ['too many aliases', `a: &a b\nrules: [${'*a, '.repeat(200)}]`],
  ['two documents', 'rules: []\n---\nrules: []\n...\nrules: []\n'],
  ['nothing', ''],
];

for (const [index, [title, text]] of files.entries()) {
  test(`a file with ${title} has the same problems for the bundle as for the sources`, () => {
    const path = fileOf(`bundle-${index}.yaml`, text);
    const sources = createTerminal({});
    const status = checkRules(path, sources.terminal);
    const own = spawnSync(process.execPath, [bundle, 'rules', 'check', path], { env: {}, encoding: 'utf8' });
    assert.deepEqual(
      [own.status, own.stderr.trim(), own.stdout.trim()],
      [status, sources.err(), sources.out()],
    );
    assert.equal(status, index < 2 ? 0 : 1, sources.err());
  });
}

test('`rules schema` of the bundle prints the schema of the sources', () => {
  const { status, stdout } = spawnSync(process.execPath, [bundle, 'rules', 'schema'], {
    env: {},
    encoding: 'utf8',
  });
  assert.equal(status, 0);
  assert.deepEqual(JSON.parse(stdout), JSON.parse(JSON.stringify(rulesSchema())));
});

test('the bundle describes wrong settings as the sources do', () => {
  const env = { QBIT_HOST: 'nonsense', POLL_INTERVAL: 'soon', RULES_FILE: 'nowhere.yaml' };
  const parsed = parseConfig(env);
  assert.ok(!parsed.ok);
  const { status, stderr } = spawnSync(process.execPath, [bundle], { env, encoding: 'utf8' });
  assert.deepEqual([status, stderr.trim()], [78, parsed.message.trim()]);
});
