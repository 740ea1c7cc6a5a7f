/** An ntfy that is set up as a page says, and who can do what on it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '../servers/index.ts';
import { removeFolder, startProcess, temporaryFolder, untilAnswering } from '../servers/processes.ts';
import { program } from '../servers/programs.ts';

/** An ntfy with this part of a `server.yml`, and its command line. */
export async function startServer(settings: Record<string, unknown>) {
  const ntfy = await program('ntfy current');
  const folder = temporaryFolder('buttons');
  const config = join(folder, 'server.yml');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const places = {
    'listen-http': `127.0.0.1:${port}`,
    'base-url': url,
    ...('auth-file' in settings ? { 'auth-file': join(folder, 'user.db') } : {}),
  };
  writeFileSync(config, stringify({ ...settings, ...places }));
  const server = startProcess(ntfy, ['serve', '--config', config], folder);
  await untilAnswering(server, `${url}/v1/health`);
  return {
    url,
    folder,
    /** Runs a line of the page. */
    run(line: string): string {
      const [name, group = '', ...args] = line.split(' ');
      assert.equal(name, 'ntfy');
      const env = { ...process.env, ...ntfy.env, NTFY_PASSWORD: 'secret' };
      const all = [...ntfy.args, group, '--config', config, ...args];
      const { status, stdout, stderr } = spawnSync(ntfy.command, all, { env, encoding: 'utf8' });
      assert.equal(status, 0, `${line}\n${stderr}`);
      return stdout + stderr;
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      await removeFolder(folder);
    },
  };
}

/** Somebody: the topics that they know, and a value of `Authorization`. */
export interface Person {
  cards?: string;
  commands?: string;
  auth?: string;
}

/** What a card contains: the command topic, and a token for it. */
export interface CardContent {
  topic: string;
  token?: string;
}

/** What a person can do: reads cards, presses buttons, sees presses, delays presses. */
export async function abilitiesOf(
  url: string,
  { cards, commands, auth }: Person,
  card: CardContent,
): Promise<string[]> {
  const status = async (path: string, init: RequestInit = {}) => {
    const headers = auth === undefined ? {} : { authorization: auth };
    return (await fetch(`${url}/${path}`, { headers, ...init })).status;
  };
  const readsCards = cards !== undefined && (await status(`${cards}/auth`)) === 200;
  const known = readsCards ? card.topic : commands;
  // A button sends what is on its card, and no credentials of the app.
  const ofCard = card.token === undefined ? undefined : `Bearer ${card.token}`;
  const sent = readsCards ? ofCard : auth;
  const headers = sent === undefined ? {} : { authorization: sent };
  const publishes =
    known !== undefined && (await status(known, { method: 'POST', body: 'x', headers })) === 200;
  const sees = known !== undefined && (await status(`${known}/json?poll=1`)) === 200;
  return [readsCards, readsCards && publishes, sees, publishes].map((can) => (can ? 'yes' : 'no'));
}
