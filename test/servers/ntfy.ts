/** A real ntfy for a test: separate folder and port, and a reader that uses none of the sidecar's requests. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createUsers, reader } from './ntfy-users.ts';
import type { NtfyAuth } from './ntfy-users.ts';
import { readMessages } from './ntfy-messages.ts';
import type { NtfyMessage } from './ntfy-messages.ts';
import { freePort } from './ports.ts';
import { removeFolder, startProcess, temporaryFolder, untilAnswering } from './processes.ts';
import { program } from './programs.ts';
import type { NtfyGeneration } from './programs.ts';

/** ntfy's limits for a visitor (an address); the default for others is ntfy's own. */
export interface RequestLimit {
  /** Requests at once; ntfy's default is 60. */
  burst?: number;
  /** How often one more is allowed, like `5s`, which is ntfy's default. */
  replenish?: string;
  /** Messages a day; ntfy's default is 17,280. */
  dailyMessages?: number;
}

/** How an ntfy is started. */
export interface NtfyOptions {
  /** Default: a free one. */
  port?: number;
  /** Keeps messages across a restart; default false: they are in memory, as with ntfy's own default. */
  cacheFile?: boolean;
  /** Users and their permissions; default: no users, everything is allowed. */
  auth?: NtfyAuth;
  /** Default: ntfy's own limits (60 at once, then one per 5 s); `none` removes them. */
  requestLimit?: RequestLimit | 'none';
}

/** A running ntfy. */
export interface Ntfy extends AsyncDisposable {
  generation: NtfyGeneration;
  /** The package's version, like `2.27.0`: ntfy itself reports it only to an administrator. */
  version: string;
  url: string;
  port: number;
  /** An access token (`tk_…`) of each user of `auth`, by name. */
  tokens: Record<string, string>;
  readonly pid: number;
  /** All messages in the cache of the topic, in order: every version of a sequence, clears and deletes too. */
  messages(topic: string): Promise<NtfyMessage[]>;
  /** Ends it and starts it again on the same port; without `cacheFile` all messages are lost. */
  restart(): Promise<void>;
  /** Ends it and deletes its folder. */
  stop(): Promise<void>;
}

/** Reads come from here and are exempt from limits, so that they never use the sidecar's requests. */
const READER_ADDRESS = '127.0.0.2';

/** Starts an ntfy of a generation; it has answered when this resolves. */
export async function startNtfy(generation: NtfyGeneration, options: NtfyOptions = {}): Promise<Ntfy> {
  const ntfy = await program(`ntfy ${generation}`);
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const folder = temporaryFolder('ntfy');
  const config = join(folder, 'server.yml');
  const readerPassword = randomBytes(9).toString('base64url');
  await writeFile(config, configText(folder, url, options));

  const launch = async () => {
    const server = startProcess(ntfy, ['serve', '--config', config], folder);
    try {
      await untilAnswering(server, `${url}/v1/health`);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  };
  let server = await launch();
  const stop = async (): Promise<void> => {
    await server.stop();
    await removeFolder(folder);
  };
  // The command line needs the user database, which the server creates when it starts.
  const tokens = await createUsers(ntfy, config, options.auth, readerPassword).catch(
    async (error: unknown) => {
      await stop();
      throw error;
    },
  );
  const authorization =
    options.auth === undefined ? undefined : `Basic ${btoa(`${reader}:${readerPassword}`)}`;
  return {
    generation,
    version: /^[\d.]+/.exec(ntfy.packaged)?.[0] ?? ntfy.packaged,
    url,
    port,
    tokens,
    get pid() {
      return server.pid;
    },
    messages: (topic) => readMessages({ port, topic, authorization, localAddress: READER_ADDRESS }),
    async restart() {
      await server.stop();
      server = await launch();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function configText(folder: string, url: string, { cacheFile, auth, requestLimit }: NtfyOptions): string {
  const limits = requestLimit === 'none' || requestLimit === undefined ? {} : requestLimit;
  const exempt = requestLimit === 'none' ? `${READER_ADDRESS},127.0.0.1` : READER_ADDRESS;
  const settings: Record<string, string | number | boolean | undefined> = {
    'listen-http': new URL(url).host,
    'base-url': url,
    'cache-file': cacheFile === true ? join(folder, 'cache.db') : undefined,
    'auth-file': auth === undefined ? undefined : join(folder, 'user.db'),
    'auth-default-access': auth === undefined ? undefined : (auth.everyone ?? 'deny-all'),
    'visitor-request-limit-burst': limits.burst,
    'visitor-request-limit-replenish': limits.replenish,
    'visitor-message-daily-limit': limits.dailyMessages,
    'visitor-request-limit-exempt-hosts': exempt,
  };
  const lines = Object.entries(settings).filter(([, value]) => value !== undefined);
  return lines.map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`).join(''); // JSON is also YAML
}
