/** Debian packages without installing them: a private apt root, then `dpkg -x`. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const execOptions = { timeout: 800_000, maxBuffer: 64 * 1024 * 1024 };

/** Debian's name of an architecture. */
export type Architecture = 'amd64' | 'arm64';

/** What to download, and from where. */
export interface Download {
  suite: string;
  architecture: Architecture;
  packages: readonly string[];
  /** An empty folder for apt's lists and packages. */
  folder: string;
}

/**
 * The Debian mirrors that apt on this machine uses, best first. Read at run time: none is stored in a file.
 * Empty on a machine whose apt has no Debian source (Ubuntu's mirrors have other suites).
 */
export async function debianMirrors(): Promise<string[]> {
  const format = '$(REPO_URI)\t$(COMPONENT)\t$(ORIGIN)\t$(LABEL)';
  const { stdout } = await exec(
    'apt-get',
    ['indextargets', '--format', format, 'Created-By: Packages'],
    execOptions,
  );
  const targets = stdout.split('\n').map((line) => line.split('\t'));
  const known = targets.filter(
    ([, part, origin, label]) => isMain(part) && origin === 'Debian' && label === 'Debian',
  );
  // Before the first `apt-get update` apt has no origin; then every source of a Debian system is tried.
  const guessed = isDebian() ? targets.filter(([, part, origin]) => isMain(part) && !isKnown(origin)) : [];
  const uris = [...known, ...guessed].map(([uri]) => uri).filter((uri) => uri !== undefined);
  return [...new Set(uris)];
}

function isMain(component: string | undefined): boolean {
  return component === 'main';
}

/** `indextargets` prints an unknown field as the variable itself. */
function isKnown(origin: string | undefined): boolean {
  return origin !== undefined && origin !== '' && !origin.startsWith('$(');
}

function isDebian(): boolean {
  return existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** Downloads the packages with all dependencies, libc included; returns the paths of the .deb files. */
export async function download(mirror: string, requested: Download): Promise<string[]> {
  const { folder } = requested;
  const archives = join(folder, 'cache', 'archives');
  await mkdir(join(folder, 'state', 'lists', 'partial'), { recursive: true });
  await mkdir(join(archives, 'partial'), { recursive: true });
  await writeFile(join(folder, 'status'), '');
  await writeFile(
    join(folder, 'sources.list'),
    `deb ${sourceOptions(requested)} ${mirror} ${requested.suite} main\n`,
  );
  await writeFile(join(folder, 'apt.conf'), aptConfig(requested));
  const config = ['-c', join(folder, 'apt.conf')];
  await exec('apt-get', [...config, 'update'], execOptions);
  await exec('apt-get', [...config, '-y', '--download-only', 'install', ...requested.packages], execOptions);
  const files = await readdir(archives);
  return files.filter((file) => file.endsWith('.deb')).map((file) => join(archives, file));
}

/** Unpacks packages into a folder; nothing is installed and no script of a package runs. */
export async function unpack(debs: readonly string[], root: string): Promise<void> {
  await mkdir(root, { recursive: true });
  for (const deb of debs) await exec('dpkg', ['-x', deb, root], execOptions);
}

function sourceOptions({ architecture }: Download): string {
  const keyring = [
    '/usr/share/keyrings/debian-archive-keyring.gpg',
    '/usr/share/keyrings/debian-archive-keyring.pgp',
  ].find((file) => existsSync(file));
  return `[arch=${architecture}${keyring === undefined ? '' : ` signed-by=${keyring}`}]`;
}

/** The status file is empty, so the dependencies include every library; the machine's own apt is not changed. */
function aptConfig({ folder, architecture }: Download): string {
  return `
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Architectures;
APT::Architecture "${architecture}";
APT::Architectures { "${architecture}"; };
APT::Install-Recommends "false";
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
Debug::NoLocking "true";
Dir::Cache "${folder}/cache";
Dir::Cache::archives "${folder}/cache/archives";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Etc::sourcelist "${folder}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State "${folder}/state";
Dir::State::lists "${folder}/state/lists";
Dir::State::status "${folder}/status";
`;
}
