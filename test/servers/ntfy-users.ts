/** Users of an ntfy under test, created by its own command line, which works in every generation. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Program } from './programs.ts';

const exec = promisify(execFile);

/** A permission for a topic. */
export type NtfyPermission = 'read-write' | 'read-only' | 'write-only' | 'deny-all';

/** Users and their permissions. */
export interface NtfyAuth {
  users: ReadonlyArray<{ name: string; password: string; access?: Readonly<Record<string, NtfyPermission>> }>;
  /** Permissions without credentials, by topic. */
  everyoneMay?: Readonly<Record<string, NtfyPermission>>;
  /** Without credentials, and for topics that are not listed; default `deny-all`. */
  everyone?: NtfyPermission;
}

/** The tests' own user: an administrator who can read all topics. */
export const reader = 'testreader';

/** Creates the users and the reader; returns an access token for each user. The server must run. */
export async function createUsers(
  ntfy: Program,
  config: string,
  auth: NtfyAuth | undefined,
  readerPassword: string,
): Promise<Record<string, string>> {
  if (auth === undefined) return {};
  const run = async (args: readonly string[], password = '') => {
    const env = { ...ntfy.env, PATH: process.env['PATH'], NTFY_PASSWORD: password };
    const { stdout, stderr } = await exec(ntfy.command, [...ntfy.args, ...args], { env });
    return stdout + stderr;
  };
  await run(['user', '--config', config, 'add', '--role=admin', reader], readerPassword);
  for (const [topic, permission] of Object.entries(auth.everyoneMay ?? {})) {
    await run(['access', '--config', config, 'everyone', topic, permission]);
  }
  const tokens: Record<string, string> = {};
  for (const [topic, permission] of Object.entries(auth.everyoneMay ?? {})) {
    await run(['access', '--config', config, 'everyone', topic, permission]);
  }
  for (const { name, password, access = {} } of auth.users) {
    await run(['user', '--config', config, 'add', name], password);
    for (const [topic, permission] of Object.entries(access)) {
      await run(['access', '--config', config, name, topic, permission]);
    }
    const output = await run(['token', '--config', config, 'add', name]);
    const token = /tk_[a-z0-9]+/.exec(output)?.[0];
    if (token === undefined) throw new Error(`ntfy printed no token: ${output}`);
    tokens[name] = token;
  }
  return tokens;
}
