/** Every setting: its name, its default, what it does. The table in README.md is generated from this file. */
import * as z from 'zod';
import { about, secret } from './about.ts';
import { amountSettings } from './amount-settings.ts';
import { guardedUrl, httpUrl, ntfyServer, topic } from './address.ts';
import { commandSettings } from './command-settings.ts';
import { formatSettings } from './format-settings.ts';
import * as v from './values.ts';

/** Also accepted in lower case, as by other programs. */
const lowerCase = true;

const basicUser = z
  .string()
  .regex(/^[^:]*$/, 'must not contain a colon, which HTTP does not allow in a user name');

export const settings = z.object({
  QBIT_HOST: guardedUrl
    .prefault('http://localhost:8080')
    .meta(
      about('address of the qBittorrent WebUI, with its base path if it has one', 'http://localhost:8080'),
    ),
  QBIT_USER: z.string().optional().meta(about('user of the WebUI; requires `QBIT_PASS`', 'admin')),
  QBIT_PASS: z.string().optional().meta(secret('password of the WebUI')),
  QBIT_API_KEY: v.token
    .optional()
    .meta(secret('API key of the WebUI (qBittorrent 5.2 and later), instead of user and password')),
  QBIT_BASIC_USER: basicUser
    .optional()
    .meta(
      about(
        'user for a reverse proxy in front of the WebUI (Basic authentication); requires `QBIT_BASIC_PASS`',
        'me',
      ),
    ),
  QBIT_BASIC_PASS: z.string().optional().meta(secret('password for that reverse proxy')),
  NTFY_TOPIC: topic.meta({
    ...secret('topic that receives the notifications: a full URL, or a topic on `NTFY_SERVER`'),
    example: 'https://ntfy.example.org/downloads',
  }),
  NTFY_SERVER: ntfyServer
    .prefault('https://ntfy.sh')
    .meta(
      about(
        'address of the ntfy server, with its path if it has one; not used if `NTFY_TOPIC` is a URL',
        'https://ntfy.example.org',
      ),
    ),
  NTFY_TOKEN: v.token.optional().meta(secret('access token of the ntfy server')),
  NTFY_USER: basicUser
    .optional()
    .meta(about('user of the ntfy server, instead of a token; requires `NTFY_PASS`', 'phone')),
  NTFY_PASS: z.string().optional().meta(secret('password of the ntfy server')),
  HTTPS_PROXY: z
    .string()
    .optional()
    .meta({
      ...secret('proxy for requests to an https address of ntfy; requests to qBittorrent never use a proxy'),
      example: 'http://proxy.example.org:3128',
      lowerCase,
    }),
  HTTP_PROXY: z
    .string()
    .optional()
    .meta({
      ...secret('proxy for requests to an http address of ntfy'),
      example: 'http://proxy.example.org:3128',
      lowerCase,
    }),
  NO_PROXY: z
    .string()
    .optional()
    .meta({
      ...about(
        'hosts that are reached without a proxy: names (with their subdomains), addresses, networks, or `*`',
        'example.org,10.0.0.0/8',
      ),
      lowerCase,
    }),
  NTFY_RATE: v.rate
    .prefault('auto')
    .meta(
      about(
        'maximum number of messages per minute, `unlimited`, or `auto`: slightly below the limit of the server; a small ' +
          'daily quota is spread over the day',
        '10',
      ),
    ),
  NTFY_RETRY_MAX: v
    .duration('1s', '24h')
    .prefault('5m')
    .meta(about('maximum pause between two attempts while ntfy does not answer', '5m')),
  POLL_INTERVAL: v
    .duration('1s', '1h')
    .prefault('5s')
    .meta(about('interval between two polls of qBittorrent while a torrent downloads', '5s')),
  DISCOVER: v
    .duration('10s', '24h')
    .optional()
    .meta(about('interval between two scans for new torrents; no scans if unset', '60s')),
  STALLED_AFTER: v
    .duration('1m', '24h')
    .prefault('30m')
    .meta(about('time without data before an alert is sent', '30m')),
  METADATA_AFTER: v
    .duration('1m', '24h')
    .prefault('15m')
    .meta(about('time a magnet link may wait for its metadata before an alert is sent', '15m')),
  MAX_TRACKED: v.count
    .prefault('10000')
    .meta(
      about(
        'maximum number of torrents that are tracked at the same time; others are tracked when earlier ones are done',
        '10000',
      ),
    ),
  ...amountSettings,
  RULES_FILE: z
    .string()
    .optional()
    .meta(about('YAML file with rules for notifications; no rules if unset', '/config/rules.yaml')),
  INSTANCE_NAME: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,18}$/, 'must be 1 to 18 letters, digits, "-" and "_"')
    .optional()
    .meta(
      about(
        'name that distinguishes the cards of several sidecars on one topic; default: `qbit-` and six random characters, ' +
          'stored in `STATE_DIR`, or `qbit` without `STATE_DIR`',
        'seedbox',
      ),
    ),
  ...formatSettings,
  ...commandSettings,
  STATE_DIR: z
    .string()
    .optional()
    .meta(about('folder for the state; if unset, the state is lost at a restart', '/var/lib/qbit-ntfy')),
  HISTORY: v.days
    .prefault('30d')
    .meta(
      about(
        'days for which completed and removed torrents stay in the history, 1,000 at most; `0`: none is stored',
        '90d',
      ),
    ),
  HOOK_HOST: v.host
    .prefault('localhost')
    .meta(
      about(
        'address that the hook API listens on; any address except `localhost` requires `HOOK_TOKEN`',
        'localhost',
      ),
    ),
  HOOK_PORT: v.port.prefault('9090').meta(about('port of the hook API; 0: any free port', '9090')),
  HOOK_TOKEN: v.token.optional().meta(secret('bearer token that the hook API requires')),
  HOOK_URL: httpUrl()
    .optional()
    .meta(
      about(
        'address at which qBittorrent reaches the hook API, if not `http://localhost:<HOOK_PORT>`',
        'http://sidecar:9090',
      ),
    ),
  HOOK_TOOL: v
    .oneOf(['curl', 'wget'])
    .prefault('curl')
    .meta(about('program that the hook runs: `curl`, or `wget` if curl is not installed', 'wget')),
  AUTO_INSTALL_HOOK: v
    .oneOf(['false', 'true'])
    .prefault('false')
    .meta(
      about(
        '`true`: the sidecar installs the hook in qBittorrent; it never replaces another command',
        'true',
      ),
    ),
  OPS_HOST: v.host
    .prefault('::')
    .meta(
      about(
        'address that health, metrics, status and page are served on; `::`: all addresses, IPv4 included; without `OPS_TOKEN`, status and page are only available from this machine',
        '::',
      ),
    ),
  OPS_PORT: v.port
    .prefault('9091')
    .meta(about('port for health, metrics, status and page; 0: any free port', '9091')),
  OPS_TOKEN: v.token
    .optional()
    .meta(
      secret(
        'token that page and status require, also from this machine: entered on the page, or sent as bearer token; makes them available to other machines',
      ),
    ),
  LOG_LEVEL: v
    .oneOf(['debug', 'info', 'warn', 'error'])
    .prefault('info')
    .meta(about('minimum log level: `debug`, `info`, `warn` or `error`', 'debug')),
});

/** The name of a setting. */
export type SettingName = keyof typeof settings.shape;
