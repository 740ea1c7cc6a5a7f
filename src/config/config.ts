import type * as z from 'zod';
import type { ProgressMode } from '../../machines/policy.ts';
import type { Units } from '../format/options.ts';
import type { BasicLogin } from '../http/basic-auth.ts';
import type { LogLevel } from '../log/index.ts';
import type { HistoryLimits } from '../store/history-table.ts';
import { secret, type Secret } from '../util/secret.ts';
import { commandsOf, type CommandConfig } from './commands.ts';
import { findConflicts } from './conflicts.ts';
import { proxyFor, type Proxy } from './proxy.ts';
import { describeSettings } from './describe.ts';
import { readSecretFile } from './secret-file.ts';
import { settings, type SettingName } from './settings.ts';
import { findShortTokens } from './short-tokens.ts';
import { contentOf, readSources, type Environment, type Problem, type ReadFile } from './sources.ts';
import { findTypos } from './typos.ts';

/** The address of one of the two servers. `token` gives clients on other machines access. */
export interface ListenConfig {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly token: Secret | null;
}

/** The hook API, and the hook in qBittorrent that calls it. */
export interface HookConfig extends ListenConfig {
  /** The address at which qBittorrent reaches it; `null`: `http://localhost:<port>`. */
  readonly url: string | null;
  readonly tool: 'curl' | 'wget';
  /** Whether the hook is installed in qBittorrent after each login. */
  readonly autoInstall: boolean;
}

/** The whole configuration, frozen. Durations are milliseconds. URLs end without a slash, apart from `webUi`. */
export interface Config {
  readonly qbittorrent: {
    /** With its base path, if it has one. */
    readonly url: string;
    readonly auth:
      | { readonly kind: 'password'; readonly username: string; readonly password: Secret }
      | { readonly kind: 'apiKey'; readonly key: Secret }
      | { readonly kind: 'none' };
    /** The login for a reverse proxy in front of it. */
    readonly basic?: BasicLogin;
  };
  readonly ntfy: {
    readonly server: string;
    readonly topic: string;
    readonly auth:
      | { readonly kind: 'token'; readonly token: Secret }
      | { readonly kind: 'basic'; readonly username: string; readonly password: Secret }
      | { readonly kind: 'none' };
    /** Messages per minute; `null`: no limit; `auto`: by the limits of the server. */
    readonly rate: number | 'auto' | null;
    readonly retryMax: number;
    /** Missing: no proxy. */
    readonly proxy?: Proxy;
  };
  readonly poll: { readonly interval: number };
  /** Times before an alert is sent. */
  readonly alerts: { readonly stalledAfter: number; readonly metadataAfter: number };
  readonly maxTracked: number;
  /** Between two scans for new torrents; `null`: no scans. */
  readonly discover: number | null;
  readonly hook: HookConfig;
  readonly ops: ListenConfig;
  /** Prefix of ntfy's sequence IDs; `null`: the store's instance name. */
  readonly instance: string | null;
  readonly progress: ProgressMode;
  /** From how many on notifications are grouped; `null`: never. */
  readonly grouping: { readonly digestFrom: number | null; readonly summaryFrom: number | null };
  /** `null`: cards have no buttons. */
  readonly commands: CommandConfig | null;
  /** The WebUI as the phone reaches it, as it was given; `null`: cards open nothing. */
  readonly webUi: string | null;
  /** `null`: no rules. */
  readonly rulesFile: string | null;
  /** IANA name or offset; `undefined`: the system's, which takes 9 MB to determine and is not always needed. */
  readonly timeZone: string | undefined;
  /** BCP 47; `undefined`: the default format, which does not depend on the system. */
  readonly locale: string | undefined;
  readonly units: Units;
  /** `null`: the state is only in memory. */
  readonly stateDir: string | null;
  /** How much of the history is kept; `maxAge` 0: none is stored. */
  readonly history: HistoryLimits;
  readonly logLevel: LogLevel;
}

/** `message` lists every problem and contains no value of a variable. `warnings` are logged, one line each. */
export type ParsedConfig =
  | { ok: true; config: Config; warnings: string[] }
  | { ok: false; message: string; problems: Problem[] };

/** Torrents in the history. */
const MAX_HISTORY = 1000;

type Settings = z.output<typeof settings>;

/** The secret of that name; `null` when it is not set. */
type Secrets = (name: SettingName) => Secret | null;

/**
 * Reads the configuration from the environment. Never throws; the caller prints `message` and exits with 78
 * (EX_CONFIG of sysexits.h).
 *
 * @example
 * const parsed = parseConfig(process.env);
 */
export function parseConfig(env: Environment, readFile: ReadFile = readSecretFile): ParsedConfig {
  const sources = readSources(env, readFile);
  const parsed = settings.safeParse(sources.values);
  const notes = [...findTypos(env), ...sources.warnings];
  const problems = [
    ...sources.problems,
    // A setting that could not be read is reported once, not also as missing.
    ...problemsOf(parsed.error).filter(({ name }) => name in sources.values || !sources.given.has(name)),
    ...findConflicts(sources),
  ];
  if (!parsed.success || problems.length > 0)
    return { ok: false, message: describeProblems(problems, notes), problems };
  const route = proxyFor(serverOf(parsed.data), parsed.data.QBIT_HOST.url, parsed.data);
  if ('problem' in route) {
    const { problem } = route;
    return { ok: false, message: describeProblems([problem], notes), problems: [problem] };
  }
  const secrets: Secrets = (name) => {
    const text = sources.values[name];
    if (text === undefined) return null;
    const path = sources.files.get(name);
    return secret(path ? createSecretReader(name, path, text, readFile) : text);
  };
  const zone = parsed.data.TZ?.isKnown === false ? [UNKNOWN_ZONE] : [];
  const warnings = [...notes, ...zone, ...findShortTokens(sources.values)];
  return { ok: true, config: deepFreeze(build(parsed.data, secrets, route.proxy)), warnings };
}

const UNKNOWN_ZONE =
  "TZ is not a valid time zone, so times of day are in the system's time zone. Set it to an IANA name, like Europe/Berlin.";

/** Returns a function that reads a secret's file; while the file is missing or invalid, it returns the last valid value. */
function createSecretReader(
  name: SettingName,
  path: string,
  first: string,
  readFile: ReadFile,
): () => string {
  let last = first;
  return () => {
    const content = contentOf(path, readFile);
    if ('text' in content && settings.shape[name].safeParse(content.text).success) last = content.text;
    return last;
  };
}

function problemsOf(error: z.ZodError | undefined): Problem[] {
  return (error?.issues ?? []).map(({ path, message }) => ({ name: String(path[0]), message }));
}

function describeProblems(problems: Problem[], notes: string[]): string {
  const infos = describeSettings();
  const lines = problems.map(({ name, message }) => {
    const example = infos.get(name.replace(/_FILE$/, ''))?.example;
    return `  ${name} ${message}.\n      Example: ${example}`;
  });
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return [`The configuration has ${count}:`, ...lines, ...notes.map((line) => `  ${line}`)].join('\n');
}

const serverOf = ({ NTFY_TOPIC, NTFY_SERVER }: Settings): string => NTFY_TOPIC.server ?? NTFY_SERVER;

function build(values: Settings, secrets: Secrets, proxy: Proxy | null): Config {
  return {
    qbittorrent: {
      url: values.QBIT_HOST.url,
      auth: qbittorrentAuth(values, secrets),
      ...basicOf(values, secrets),
    },
    ntfy: {
      server: serverOf(values),
      topic: values.NTFY_TOPIC.topic,
      auth: ntfyAuth(values, secrets),
      rate: values.NTFY_RATE,
      retryMax: values.NTFY_RETRY_MAX,
      ...(proxy === null ? {} : { proxy }),
    },
    poll: { interval: values.POLL_INTERVAL },
    alerts: { stalledAfter: values.STALLED_AFTER, metadataAfter: values.METADATA_AFTER },
    maxTracked: values.MAX_TRACKED,
    discover: values.DISCOVER ?? null,
    hook: {
      host: values.HOOK_HOST,
      port: values.HOOK_PORT,
      token: secrets('HOOK_TOKEN'),
      url: values.HOOK_URL ?? null,
      tool: values.HOOK_TOOL,
      autoInstall: values.AUTO_INSTALL_HOOK === 'true',
    },
    ops: { host: values.OPS_HOST, port: values.OPS_PORT, token: secrets('OPS_TOKEN') },
    instance: values.INSTANCE_NAME ?? null,
    progress: values.PROGRESS,
    grouping: { digestFrom: values.DIGEST_FROM, summaryFrom: values.SUMMARY_FROM },
    commands: commandsOf(values.COMMAND_TOPIC, serverOf(values), secrets),
    webUi: values.WEBUI_URL ?? null,
    rulesFile: values.RULES_FILE ?? null,
    timeZone: values.TZ?.name,
    locale: values.LOCALE,
    units: values.UNITS,
    stateDir: values.STATE_DIR ?? null,
    history: { maxAge: values.HISTORY, maxEntries: MAX_HISTORY },
    logLevel: values.LOG_LEVEL,
  };
}

function qbittorrentAuth({ QBIT_USER }: Settings, secrets: Secrets): Config['qbittorrent']['auth'] {
  const [key, password] = [secrets('QBIT_API_KEY'), secrets('QBIT_PASS')];
  if (key) return { kind: 'apiKey', key };
  if (QBIT_USER && password) return { kind: 'password', username: QBIT_USER, password };
  return { kind: 'none' };
}

function basicOf({ QBIT_HOST, QBIT_BASIC_USER }: Settings, secrets: Secrets): { basic?: BasicLogin } {
  const [login, password] = [QBIT_HOST.login, secrets('QBIT_BASIC_PASS')];
  if (login) return { basic: { username: login.username, password: secret(login.password) } };
  return QBIT_BASIC_USER && password ? { basic: { username: QBIT_BASIC_USER, password } } : {};
}

function ntfyAuth({ NTFY_USER }: Settings, secrets: Secrets): Config['ntfy']['auth'] {
  const [token, password] = [secrets('NTFY_TOKEN'), secrets('NTFY_PASS')];
  if (token) return { kind: 'token', token };
  if (NTFY_USER && password) return { kind: 'basic', username: NTFY_USER, password };
  return { kind: 'none' };
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  }
  return Object.freeze(value);
}
