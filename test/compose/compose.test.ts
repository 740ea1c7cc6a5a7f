import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { removeFolder, temporaryFolder } from '../servers/processes.ts';
import { installImageBundle } from '../image/bundles.ts';
import { readProject } from './config.ts';
import type { Project } from './config.ts';
import { isSidecar, problemsOf } from './rules.ts';

const home = join(import.meta.dirname, '..', '..');
const folder = temporaryFolder('compose');
after(() => removeFolder(folder));

/** A test with the real Compose: skipped with the reason where it is not available, failed in CI. */
function composeTest(title: string, body: () => Promise<void>): void {
  void test(title, async (t) => {
    const installed = await installImageBundle('compose');
    if (installed.ok) return body();
    if (process.env['CI'] === 'true') throw new Error(`CI needs Compose: ${installed.reason}`);
    t.skip(installed.reason);
  });
}

async function read(files: readonly string[], env: Record<string, string> = {}): Promise<Project> {
  const read = await readProject(home, files, env);
  if (!read.ok) throw new Error(read.message);
  return read.project;
}

/** Writes a text to a file of the temporary folder. */
function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** The YAML examples below a heading of docs/setup.md. */
function examplesOf(heading: string): string[] {
  const text = readFileSync(join(home, 'docs', 'setup.md'), 'utf8');
  const section = text.split(/^## /m).find((section) => section.startsWith(heading)) ?? '';
  return [...section.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, yaml = '']) => yaml);
}

/** What the reader of an example already has. */
const THEIRS = `
services:
  qbittorrent: { image: lscr.io/linuxserver/qbittorrent:5.2.3 }
`;
const THEIRS_WITH_VPN = `
services:
  gluetun: { image: qmcgaw/gluetun:v3.40.0, cap_add: [NET_ADMIN] }
  qbittorrent: { image: lscr.io/linuxserver/qbittorrent:5.2.3, network_mode: service:gluetun }
`;

composeTest('compose.yaml is a valid Compose project without faults', async () => {
  const project = await read(['compose.yaml']);
  assert.deepEqual(Object.keys(project.services).toSorted(), ['ntfy', 'qbit-ntfy', 'qbittorrent']);
  assert.deepEqual(problemsOf(project), []);
});

composeTest(
  'qBittorrent and ntfy are reachable from other machines only if the user configures it',
  async () => {
    const open = await read(['compose.yaml'], { NTFY_LISTEN: '0.0.0.0' });
    assert.deepEqual(problemsOf(open), ['ntfy: port 2586 is open to other machines']);
  },
);

composeTest('every variable of compose.yaml is in the documents, with its default', async () => {
  const written = readFileSync(join(home, 'compose.yaml'), 'utf8').matchAll(/\$\{([A-Z_]+):-([^}]+)\}/g);
  const used = new Map([...written].map(([, name = '', value = '']) => [name, value]));
  assert.ok(used.size > 5);
  const rows = readFileSync(join(home, 'docs', 'setup.md'), 'utf8').matchAll(
    /^\| (`[A-Z_`, ]+) \| `(.+?)` \|/gm,
  );
  const documented = [...rows].flatMap(([, names = '', value = '']) =>
    names.split(', ').map((name) => [name.replaceAll('`', ''), value] as const),
  );
  assert.deepEqual(Object.fromEntries(documented), Object.fromEntries(used));
});

composeTest('every Compose example in the documents is a valid project without faults', async () => {
  const examples = [
    ...examplesOf('Docker Compose').map((yaml) => ({ yaml, theirs: THEIRS })),
    ...examplesOf('Behind a VPN').map((yaml) => ({ yaml, theirs: THEIRS_WITH_VPN })),
  ];
  assert.equal(examples.length, 4);
  for (const { yaml, theirs } of examples) {
    const isOverride = yaml.startsWith('# compose.override.yaml');
    const base = isOverride ? 'compose.yaml' : file('theirs.yaml', theirs);
    const project = await read([base, file('example.yaml', yaml)]);
    assert.ok(Object.values(project.services).some(isSidecar));
    assert.deepEqual(problemsOf(project), []);
  }
});

test('the Compose example in the README is one of docs/setup.md', () => {
  const [, example = ''] =
    /^```yaml\n([^]*?)^```$/m.exec(readFileSync(join(home, 'README.md'), 'utf8')) ?? [];
  assert.ok(example !== '' && examplesOf('Docker Compose').includes(example));
});

test('each `docker run` line in the documents has the same options as compose.yaml', () => {
  const text = readFileSync(join(home, 'docs', 'setup.md'), 'utf8');
  const lines = [...text.matchAll(/^docker run -d (?:.*\\\n)*.*qbit-ntfy-sidecar:.*$/gm)].map(
    ([line]) => line,
  );
  assert.ok(lines.length > 0);
  for (const line of lines)
    for (const option of ['read-only', 'cap-drop ALL', 'security-opt no-new-privileges', 'ulimit core=0'])
      assert.ok(line.includes(` --${option} `), `${option}: ${line}`);
});

/** A copy of what compose.yaml mounts, with rules, and compose.yaml itself with its comments about rules applied. */
function withRules(rules: string): { project: string; compose: string } {
  const project = join(folder, 'with-rules');
  for (const name of ['compose', 'rules']) mkdirSync(join(project, name), { recursive: true });
  copyFileSync(join(home, 'compose/qBittorrent.conf'), join(project, 'compose/qBittorrent.conf'));
  writeFileSync(join(project, 'rules/rules.yaml'), rules);
  const text = readFileSync(join(home, 'compose.yaml'), 'utf8');
  const compose = text.replace(/^( *)# (?=RULES_FILE:|- \.\/rules:)/gm, '$1');
  assert.equal(text.split('\n').filter((line, index) => line !== compose.split('\n')[index]).length, 2);
  return { project, compose };
}

composeTest('the comments about rules in compose.yaml work when they are applied', async () => {
  const { project, compose } = withRules(readFileSync(join(home, 'rules.example.yaml'), 'utf8'));
  const read = await readProject(project, [file('with-rules.yaml', compose)]);
  assert.ok(read.ok, read.ok ? '' : read.message);
  assert.equal(read.project.services['qbit-ntfy']?.environment?.['RULES_FILE'], '/rules/rules.yaml');
  assert.deepEqual(problemsOf(read.project), []);
});

composeTest('a rules file that is invalid, or mounted alone, is found', async () => {
  const { project, compose } = withRules('rules: [{ nam: a }]');
  const problems = async (text: string) => {
    const read = await readProject(project, [file('with-rules.yaml', text)]);
    return read.ok ? problemsOf(read.project).join('\n') : read.message;
  };
  assert.match(await problems(compose), /qbit-ntfy: .*rules\.yaml:1:11: .*unknown key "nam"/);
  const alone = compose.replace('./rules:/rules:ro', './rules/rules.yaml:/rules/rules.yaml:ro');
  assert.match(await problems(alone), /qbit-ntfy: the folder \/rules of RULES_FILE is not mounted/);
});

/** A change of compose.yaml, and the fault that must be reported. */
const FAULTS: Array<[string, string, RegExp]> = [
  ['qbittorrent:5.2.3', 'qbittorrent:latest', /qbittorrent: the image .* has no version/],
  ['${WEBUI_LISTEN:-127.0.0.1}:8080:8080', '8080:8080', /qbittorrent: port 8080 is open/],
  [
    './compose/qBittorrent.conf',
    './compose/qbittorrent.conf',
    /qbittorrent: .*qbittorrent.conf is not there/,
  ],
  ['AUTO_INSTALL_HOOK:', 'AUTO_INSTALL_HOOKS:', /qbit-ntfy: there is no setting AUTO_INSTALL_HOOKS/],
  ['"true"', '"yes"', /qbit-ntfy: .*\n.*AUTO_INSTALL_HOOK must be/],
  [
    'http://ntfy:2586/downloads',
    'http://nfty:2586/downloads',
    /qbit-ntfy: there is no ntfy at http:\/\/nfty:2586/,
  ],
  [
    'network_mode: service:qbittorrent',
    'network_mode: service:ntfy',
    /localhost is not that of a qBittorrent/,
  ],
  ['    network_mode: service:qbittorrent\n', '', /localhost is not that of a qBittorrent/],
  [
    '        restart: true # a new qBittorrent container has a new network\n',
    '',
    /not restarted with qbittorrent/,
  ],
  ['read_only: true', 'read_only: false', /qbit-ntfy: its root can be written/],
  ['cap_drop: [ALL]', 'cap_drop: []', /qbit-ntfy: it keeps capabilities/],
  ['[no-new-privileges:true]', '[]', /qbit-ntfy: it could gain privileges/],
  ['core: 0', 'core: -1', /qbit-ntfy: a core dump of it could be written/],
  ['- qbit-ntfy:/state', '- qbit-ntfy:/data', /qbit-ntfy: it keeps no state/],
];

composeTest('each fault in compose.yaml is found', async () => {
  const text = readFileSync(join(home, 'compose.yaml'), 'utf8');
  for (const [right, wrong, found] of FAULTS) {
    assert.ok(text.includes(right), right);
    // The last service is the sidecar: a line that several services have is changed there.
    const at = text.lastIndexOf(right);
    const changed = text.slice(0, at) + wrong + text.slice(at + right.length);
    const project = await read([file('faulty.yaml', changed)]);
    assert.match(problemsOf(project).join('\n'), found, wrong);
  }
});

composeTest('Compose itself refuses a file that is not a Compose file', async () => {
  const text = readFileSync(join(home, 'compose.yaml'), 'utf8').replaceAll('read_only:', 'readonly:');
  const read = await readProject(home, [file('faulty.yaml', text)]);
  assert.ok(!read.ok);
  assert.match(read.message, /readonly/);
});
