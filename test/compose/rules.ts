/**
 * Rules that Compose cannot check: whether a project is safe, and whether its sidecar would start and reach the
 * servers.
 */
import { existsSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { parseConfig } from '../../src/config/index.ts';
import type { Config } from '../../src/config/index.ts';
import { describeProblem, parseFile, readRulesFile } from '../../src/config/rules/index.ts';
import { variables } from '../../src/config/setting-names.ts';
import { isLoopback } from '../../src/util/loopback.ts';
import type { Project, Service } from './config.ts';

/** Open to everyone: BitTorrent peers connect to it. */
const TORRENT_PORT = 6881;

/** Every fault of a project, by service. */
export function problemsOf({ services }: Project): string[] {
  return Object.entries(services).flatMap(([name, service]) => {
    const own = isSidecar(service) ? problemsOfSidecar(name, service, services) : [];
    return [...problemsOfAny(service), ...own].map((problem) => `${name}: ${problem}`);
  });
}

/** The sidecars of a project. */
export function isSidecar({ image = '' }: Service): boolean {
  return image.startsWith('qbit-ntfy-sidecar:');
}

function problemsOfAny({ image = '', ports = [], volumes = [] }: Service): string[] {
  const open = ports.filter(({ host_ip, target }) => host_ip !== '127.0.0.1' && target !== TORRENT_PORT);
  const files = volumes.filter(({ type, read_only }) => type === 'bind' && read_only === true);
  return [
    ...(/:v?\d+\.\d+/.test(image) ? [] : [`the image ${image} has no version`]),
    ...open.map(({ target }) => `port ${target} is open to other machines`),
    ...files.filter(({ source = '' }) => !existsSync(source)).map(({ source }) => `${source} is not there`),
  ];
}

function problemsOfSidecar(name: string, service: Service, services: Project['services']): string[] {
  const parsed = parseConfig(environmentOf(service), readSecret(service));
  return [
    ...(service.read_only === true ? [] : ['its root can be written']),
    ...(service.cap_drop?.includes('ALL') === true ? [] : ['it keeps capabilities']),
    ...(service.security_opt?.includes('no-new-privileges:true') === true
      ? []
      : ['it could gain privileges']),
    ...(hasNoCore(service) ? [] : ['a core dump of it could be written']),
    ...(service.volumes?.some(({ target }) => target === '/state') === true ? [] : ['it keeps no state']),
    ...unknownNames(service),
    ...(parsed.ok
      ? [
          ...parsed.warnings,
          ...problemsOfReach(name, service, services, parsed.config),
          ...problemsOfRules(service, parsed.config),
        ]
      : [parsed.message]),
  ];
}

/** The folder is mounted, not the file: the container would keep the old one when an editor replaces it. */
function problemsOfRules({ volumes = [] }: Service, { rulesFile, ntfy }: Config): string[] {
  if (rulesFile === null) return [];
  const [folder, file] = [posix.dirname(rulesFile), posix.basename(rulesFile)];
  const mount = volumes.find(({ target }) => target === folder);
  if (mount?.source === undefined || mount.read_only !== true)
    return [`the folder ${folder} of RULES_FILE is not mounted read-only`];
  const path = join(mount.source, file);
  const parsed = parseFile(readRulesFile(path), ntfy);
  return (parsed.ok ? parsed.warnings : parsed.problems).map((problem) => describeProblem(path, problem));
}

/** `core: 0`, in any spelling. */
function hasNoCore({ ulimits = {} }: Service): boolean {
  const { core } = ulimits;
  if (typeof core !== 'object') return core === 0;
  return (core.soft ?? 0) === 0 && (core.hard ?? 0) === 0;
}

function environmentOf({ environment = {} }: Service): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value ?? '']));
}

/** Only the secrets that the service mounts are available. */
function readSecret({ secrets = [] }: Service): (path: string) => string {
  const paths = new Set(secrets.map(({ source, target }) => resolve('/run/secrets', target ?? source)));
  return (path) => {
    if (!paths.has(path)) throw Object.assign(new Error('no such secret'), { code: 'ENOENT' });
    return 'a-secret-that-is-long-enough';
  };
}

function unknownNames(service: Service): string[] {
  return Object.keys(environmentOf(service))
    .filter((name) => !variables.has(name))
    .map((name) => `there is no setting ${name}`);
}

/** Whether it and qBittorrent reach each other, and it reaches ntfy. */
function problemsOfReach(
  name: string,
  service: Service,
  services: Project['services'],
  config: Config,
): string[] {
  const isThere = (url: string) => hostOf(url).includes('.') || Object.hasOwn(services, hostOf(url));
  const { hook, qbittorrent, ntfy } = config;
  const reach = isThere(ntfy.server) ? [] : [`there is no ntfy at ${ntfy.server}`];
  if (isLoopback(hook.host)) return [...reach, ...problemsOfSharing(service, services, config)];
  if (!isThere(qbittorrent.url)) reach.push(`there is no qBittorrent at ${qbittorrent.url}`);
  if (hook.url === null || hostOf(hook.url) !== name) reach.push('the hook would call elsewhere: HOOK_URL');
  return reach;
}

/** The sidecar whose hook API listens on loopback has to share qBittorrent's network, and to restart with it. */
function problemsOfSharing(
  { network_mode = '', depends_on = {} }: Service,
  services: Project['services'],
  { qbittorrent }: Config,
): string[] {
  const owner = network_mode.replace(/^service:/, '');
  const isShared = Object.entries(services).some(
    ([name, { image = '', network_mode: theirs }]) =>
      image.includes('/qbittorrent:') && (name === owner || theirs === network_mode),
  );
  return [
    ...(owner !== '' && isShared ? [] : ['its localhost is not that of a qBittorrent']),
    ...(depends_on[owner]?.restart === true ? [] : [`it is not restarted with ${owner}`]),
    ...(isLoopback(hostOf(qbittorrent.url)) ? [] : ['QBIT_HOST is not localhost']),
  ];
}

function hostOf(url: string): string {
  return new URL(url).hostname;
}
