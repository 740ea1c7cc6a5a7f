/** Whether presses of buttons reach the sidecar. Publishes nothing, so nothing is read as a press. */
import type { CommandConfig, Config } from '../../config/index.ts';
import { hostOf, parseJson, request } from '../../http/request.ts';
import { features } from '../../ntfy/schemas.ts';
import { isPrivateHost } from '../../util/private-host.ts';
import { REQUEST_TIMEOUT } from '../address.ts';
import { fail, ok, skip, warn } from '../finding.ts';
import type { CheckId, Outcome, Outcomes } from '../finding.ts';
import { checkPublishing } from './publishing.ts';
import { checkReading } from './reading.ts';

/** The checks that are only made with `COMMAND_TOPIC`. */
export const BUTTON_CHECKS: ReadonlySet<CheckId> = new Set(['buttons-reading', 'buttons-publishing']);

/** The result without `COMMAND_TOPIC`. */
export const NO_BUTTONS = ok('COMMAND_TOPIC is not set: cards have no buttons');

/** A server, and how it is reached. */
export type Server = Pick<Config['ntfy'], 'server' | 'proxy'>;

/**
 * Checks the command topic: the phone's address, reading it, and publishing to it.
 *
 * @param sequences whether the server supports sequence IDs; `null` if unknown
 */
export async function checkButtons(
  ntfy: Config['ntfy'],
  commands: CommandConfig,
  sequences: boolean | null,
): Promise<Outcomes> {
  const support = supportOutcome(sequences);
  const unneeded = skip('not needed: cards have no buttons');
  if (support !== null)
    return { buttons: support, 'buttons-reading': unneeded, 'buttons-publishing': unneeded };
  const phone = phoneServer(ntfy, commands);
  const isOther = phone !== null && (await areOther(ntfy, phone));
  return {
    buttons: addressOutcome(commands, isOther),
    'buttons-reading': await checkReading(ntfy, commands),
    'buttons-publishing': await checkPublishing(ntfy, commands, phone),
  };
}

/** Why cards have no buttons; `null` if they have some. */
function supportOutcome(sequences: boolean | null): Outcome | null {
  if (sequences === true) return null;
  return sequences === null
    ? warn(
        'cards have no buttons: the answer to /v1/config is not from ntfy',
        'Configure the proxy in front of ntfy to allow GET /v1/config.',
      )
    : warn(
        'cards have no buttons: they need sequence IDs (ntfy 2.16 and later)',
        'Update ntfy, or unset COMMAND_TOPIC.',
      );
}

/** The server as the phone reaches it; `null` if that is the sidecar's own address. Whether it needs a proxy is not known. */
function phoneServer({ server }: Config['ntfy'], { url, topic }: CommandConfig): Server | null {
  const base = url.slice(0, -`/${topic}`.length);
  return base === server ? null : { server: base };
}

/** Whether two addresses lead to two servers. The hash of its configuration is the same at all addresses of a server. */
async function areOther(one: Server, other: Server): Promise<boolean> {
  const [first, second] = await Promise.all([one, other].map(readConfigHash));
  return first !== null && second !== null && first !== second;
}

async function readConfigHash({ server, proxy }: Server): Promise<string | null> {
  const reply = await request(`${server}/v1/config`, { timeout: REQUEST_TIMEOUT, proxy });
  const parsed = features.safeParse(reply.ok ? parseJson(reply.value.text) : undefined);
  return parsed.data?.config_hash ?? null;
}

function addressOutcome({ url }: CommandConfig, isOther: boolean): Outcome {
  const { hostname, protocol } = new URL(url);
  const host = hostOf(url);
  if (isOther)
    return fail(
      `the ntfy at ${host}, to which the phone publishes, is another server than that of NTFY_TOPIC`,
      'Set COMMAND_TOPIC to a topic on the server of NTFY_TOPIC: its name, or its URL as the phone reaches it.',
    );
  const limits = [
    ...(isPrivateHost(hostname) ? ['which cannot be reached from other networks'] : []),
    ...(protocol === 'http:' ? ['without encryption'] : []),
  ];
  if (limits.length === 0) return ok(`the phone publishes to ${host}`);
  return warn(
    `the phone publishes to ${host}, ${limits.join(', and ')}`,
    'Set COMMAND_TOPIC to an https URL at which the phone reaches ntfy from everywhere; or ignore this if the phone is always in this network, or uses a VPN.',
  );
}
