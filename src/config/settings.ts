/** Every setting: its name, its default, what it does. The table in README.md is made from here. */
import * as z from 'zod';
import { guardedUrl, httpUrl, ntfyServer, topic } from './address.ts';
import * as v from './values.ts';

/** `secret` settings can also come as `<NAME>_FILE`, and are never printed. */
const about = (description: string, example: string) => ({ description, example });
const secret = (description: string) => ({ description, secret: true });
/** Written in lower case, too, as everywhere. */
const lowerCase = true;

const basicUser = z.string().regex(/^[^:]*$/, 'must hold no colon: HTTP can not carry it in a user name');

export const settings = z.object({
  QBIT_HOST: guardedUrl
    .prefault('http://localhost:8080')
    .meta(about("qBittorrent's WebUI, with its base path if it has one", 'http://localhost:8080')),
  QBIT_USER: z.string().optional().meta(about('user of the WebUI; goes with `QBIT_PASS`', 'admin')),
  QBIT_PASS: z.string().optional().meta(secret('password of the WebUI')),
  QBIT_API_KEY: v.token
    .optional()
    .meta(secret('API key (qBittorrent 5.2 and later) instead of user and password')),
  QBIT_BASIC_USER: basicUser
    .optional()
    .meta(
      about(
        'user of a proxy in front of the WebUI (Basic authentication); goes with `QBIT_BASIC_PASS`',
        'me',
      ),
    ),
  QBIT_BASIC_PASS: z.string().optional().meta(secret('password of that proxy')),
  NTFY_TOPIC: topic.meta({
    ...secret('where the cards go: a full URL, or a topic on `NTFY_SERVER`'),
    example: 'https://ntfy.example.org/downloads',
  }),
  NTFY_SERVER: ntfyServer
    .prefault('https://ntfy.sh')
    .meta(
      about(
        'the ntfy server, with its path if a proxy has it under one; if `NTFY_TOPIC` does not say it',
        'https://ntfy.example.org',
      ),
    ),
  NTFY_TOKEN: v.token.optional().meta(secret('access token of the ntfy server')),
  NTFY_USER: basicUser
    .optional()
    .meta(about('user of the ntfy server, instead of a token; goes with `NTFY_PASS`', 'phone')),
  NTFY_PASS: z.string().optional().meta(secret('password of the ntfy server')),
  HTTPS_PROXY: z
    .string()
    .optional()
    .meta({
      ...secret(
        'proxy on the way to an ntfy server at an https address; qBittorrent is always reached directly',
      ),
      example: 'http://proxy.example.org:3128',
      lowerCase,
    }),
  HTTP_PROXY: z
    .string()
    .optional()
    .meta({
      ...secret('the same for an http address'),
      example: 'http://proxy.example.org:3128',
      lowerCase,
    }),
  NO_PROXY: z
    .string()
    .optional()
    .meta({
      ...about(
        'hosts that are reached without a proxy: names (with what is below them), addresses, networks, or `*`',
        'example.org,10.0.0.0/8',
      ),
      lowerCase,
    }),
  NTFY_RATE: v.rate
    .prefault('auto')
    .meta(
      about(
        'messages a minute at most, `unlimited` for a server of your own, or `auto`: a little less than the server allows, ' +
          "a small day's quota spread over the day",
        '10',
      ),
    ),
  NTFY_RETRY_MAX: v
    .duration('1s', '24h')
    .prefault('5m')
    .meta(about('longest pause between two tries while ntfy does not answer', '5m')),
  POLL_INTERVAL: v
    .duration('1s', '1h')
    .prefault('5s')
    .meta(about('how often qBittorrent is asked while something downloads', '5s')),
  DISCOVER: v
    .duration('10s', '24h')
    .optional()
    .meta(about('looks for new torrents this often, where no hook can call; never if unset', '60s')),
  STALLED_AFTER: v
    .duration('1m', '24h')
    .prefault('30m')
    .meta(about('how long nothing arrives before it is said aloud', '30m')),
  METADATA_AFTER: v
    .duration('1m', '24h')
    .prefault('15m')
    .meta(about('how long a magnet may look for its metadata before it is said aloud', '15m')),
  MAX_TRACKED: v.count
    .prefault('20000')
    .meta(
      about(
        'torrents that are followed at once, at most; others are followed when places become free',
        '20000',
      ),
    ),
  PROGRESS: v
    .oneOf(['auto', 'live', 'milestones'])
    .prefault('auto')
    .meta(
      about(
        '`live` updates one card, `milestones` says 25, 50 and 75 % (for iPhones, which pile up cards), ' +
          '`auto` is live where the ntfy server can do it',
        'milestones',
      ),
    ),
  INSTANCE_NAME: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,18}$/, 'must be 1 to 18 letters, digits, "-" and "_"')
    .optional()
    .meta(
      about(
        'tells the cards of sidecars on one topic apart; if unset, `qbit-` and six random characters that are kept in ' +
          '`STATE_DIR`, or `qbit` without one',
        'seedbox',
      ),
    ),
  TZ: v.timeZone
    .optional()
    .meta(about("time zone of times of day; the system's if unset or not readable", 'Europe/Berlin')),
  STATE_DIR: z
    .string()
    .optional()
    .meta(
      about('folder for what survives a restart; without one it is kept in memory', '/var/lib/qbit-ntfy'),
    ),
  HOOK_HOST: v.host
    .prefault('localhost')
    .meta(about('where the hook API listens; beyond `localhost` it wants a `HOOK_TOKEN`', 'localhost')),
  HOOK_PORT: v.port.prefault('9090').meta(about('its port; 0 takes any free one', '9090')),
  HOOK_TOKEN: v.token.optional().meta(secret('bearer token that callers of the hook API have to show')),
  HOOK_URL: httpUrl()
    .optional()
    .meta(
      about(
        'where qBittorrent reaches the hook API, if not at `http://localhost:<HOOK_PORT>`',
        'http://sidecar:9090',
      ),
    ),
  HOOK_TOOL: v
    .oneOf(['curl', 'wget'])
    .prefault('curl')
    .meta(about('what the hook calls with: `curl`, or `wget` where there is no curl', 'wget')),
  AUTO_INSTALL_HOOK: v
    .oneOf(['false', 'true'])
    .prefault('false')
    .meta(about('`true` enters the hook in qBittorrent by itself, never over a command of yours', 'true')),
  OPS_HOST: v.host
    .prefault('::')
    .meta(
      about(
        'where health, metrics, status and page are served; `::` is all addresses, IPv4 too; what names torrents stays local',
        '::',
      ),
    ),
  OPS_PORT: v.port.prefault('9091').meta(about('its port; 0 takes any free one', '9091')),
  OPS_TOKEN: v.token
    .optional()
    .meta(
      secret(
        'token for page and status, from this machine too: entered once in the page, or as bearer token; opens them to other machines',
      ),
    ),
  LOG_LEVEL: v
    .oneOf(['debug', 'info', 'warn', 'error'])
    .prefault('info')
    .meta(about('the least grave that is logged', 'debug')),
});

/** The name of a setting. */
export type SettingName = keyof typeof settings.shape;

/** All settings, in the order of the schema, and whether each can come as `<NAME>_FILE` and in lower case, too. */
export const settingNames: ReadonlyMap<string, { secret: boolean; lowerCase: boolean }> = new Map(
  Object.entries(settings.shape).map(([name, schema]) => {
    const meta = schema.meta();
    return [name, { secret: meta?.['secret'] === true, lowerCase: meta?.['lowerCase'] === true }];
  }),
);

/** Every variable that says something. */
export const variables: ReadonlySet<string> = new Set(
  [...settingNames].flatMap(([name, { secret }]) => (secret ? [name, `${name}_FILE`] : [name])),
);
