/** The central ntfy of docs/fleet.md, with its own configuration, on the real one. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { freePort, realTest } from '../servers/index.ts';
import { removeFolder, startProcess, temporaryFolder, untilAnswering } from '../servers/processes.ts';
import { program } from '../servers/programs.ts';

const needs = ['ntfy current'] as const;
const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'fleet.md'), 'utf8');
const blockOf = (language: string): string =>
  new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(page)?.[1] ?? '';

/** The output of `ntfy user hash` for a password. */
const HASH = '$2a$10$YLiO8U21sX1uhZamTLJXHuxgVC0Z/GKISibrKCLohPgtG7yIxSk4C';
/** As `ntfy token generate` makes them: `tk_` and 29 letters or digits. */
const tokens = { media: `tk_${'media'.padEnd(29, 'x')}`, games: `tk_${'games'.padEnd(29, 'x')}` };

interface Request {
  /** Its source address; default 127.0.0.1. */
  pod?: string;
  /** The address in the proxy's X-Forwarded-For. */
  forwarded?: string;
  token?: string;
  method?: string;
  path?: string;
  body?: unknown;
}

/** Otherwise the counts would depend on how long the requests take. */
const NO_REPLENISHMENT = {
  'visitor-request-limit-replenish': '5m', // ntfy's daily limit follows from it: 288
  'visitor-topic-creation-limit-replenish': '1h',
};

type Server = Awaited<ReturnType<typeof startServer>>;

async function startServer(over: Record<string, unknown> = {}) {
  const ntfy = await program('ntfy current');
  const folder = temporaryFolder('fleet-ntfy');
  const config = join(folder, 'server.yml');
  const port = await freePort();
  const settings: Record<string, unknown> = parse(
    blockOf('yaml')
      .replaceAll('HASH', HASH)
      .replace(/"(media|games):TOKEN/g, (_, name: keyof typeof tokens) => `"${name}:${tokens[name]}`),
  );
  const places = {
    'listen-http': `127.0.0.1:${port}`,
    'base-url': `http://127.0.0.1:${port}`,
    'cache-file': join(folder, 'cache.db'),
    'auth-file': join(folder, 'user.db'),
  };
  for (const name of Object.keys(places)) assert.ok(name in settings, name);
  writeFileSync(config, stringify({ ...settings, ...places, ...NO_REPLENISHMENT, ...over }));
  const server = startProcess(ntfy, ['serve', '--config', config], folder);
  await untilAnswering(server, `${places['base-url']}/v1/health`);

  async function send({ pod = '127.0.0.1', forwarded, token, method = 'GET', path = '/', body }: Request) {
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }),
    };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const call = request(
        { host: '127.0.0.1', port, method, path, headers, localAddress: pod, agent: false },
        resolve,
      );
      call.once('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
    const content = await text(answer);
    const { code } = (answer.statusCode === 200 ? {} : JSON.parse(content)) as { code?: number };
    return { status: answer.statusCode, code: code ?? null, content };
  }
  const publish = (topic: string, from: Request) =>
    send({ ...from, method: 'POST', body: { topic, message: 'x' } });

  return {
    send,
    publish,
    /** Publishes this often, and counts the answers: 200, or ntfy's code. */
    async publishMany(count: number, from: Request, topicOf = (_: number) => 'dl-media') {
      const answers: Record<string, number> = {};
      for (let n = 0; n < count; n += 1) {
        const { status, code } = await publish(topicOf(n), from);
        const answer = String(code ?? status);
        answers[answer] = (answers[answer] ?? 0) + 1;
      }
      return answers;
    },
    /** Runs a command of ntfy's own command line. */
    async run(line: string) {
      const [, group = '', ...args] = line.split(' ');
      const env = { ...ntfy.env, PATH: process.env['PATH'] };
      await promisify(execFile)(ntfy.command, [...ntfy.args, group, '--config', config, ...args], { env });
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      await removeFolder(folder);
    },
  };
}

realTest('a tenant of the fleet can publish to its own topics, and nothing else', { needs }, async () => {
  await using ntfy = await startServer();
  const media = { token: tokens.media };
  const codes = [
    await ntfy.publish('dl-media', media),
    await ntfy.publish('dl-media-tv', media),
    await ntfy.send({ ...media, method: 'DELETE', path: '/dl-media/qbit-1' }),
    await ntfy.publish('dl-games', media),
    await ntfy.publish('other', media),
    await ntfy.send({ ...media, path: '/dl-media/json?poll=1' }),
    await ntfy.publish('dl-media', {}),
    await ntfy.publish('dl-games', { token: tokens.games }),
  ].map(({ status, code }) => code ?? status);
  assert.deepEqual(codes, [200, 200, 200, 40301, 40301, 40301, 40301, 200]);
  const { content } = await ntfy.send({ ...media, path: '/v1/account' });
  assert.ok(
    content.includes(tokens.media) && !content.includes(tokens.games),
    'it lists the tokens of its user',
  );
});

const SIXTY = { '200': 60, '42901': 10 };

realTest('each pod behind the fleet’s ntfy has a separate limit, behind a proxy too', { needs }, async () => {
  await using ntfy = await startServer();
  const token = tokens.media;
  assert.deepEqual(await ntfy.publishMany(70, { token, pod: '127.0.0.11' }), SIXTY);
  assert.deepEqual(await ntfy.publishMany(70, { token, pod: '127.0.0.12' }), SIXTY);
  assert.deepEqual(await ntfy.publishMany(70, { token, forwarded: '192.0.2.1, 10.42.3.4' }), SIXTY);
  assert.deepEqual(await ntfy.publishMany(70, { token, forwarded: '192.0.2.2, 10.42.3.4' }), SIXTY);
  await ntfy.send({ token, pod: '127.0.0.13', path: '/v1/account' });
  assert.deepEqual(
    await ntfy.publishMany(60, { token, pod: '127.0.0.13' }),
    { '200': 60 },
    'the allowance costs no request',
  );
});

realTest(
  'after wrong tokens the right one is refused from the same address, also if it is exempt',
  { needs },
  async () => {
    await using ntfy = await startServer({ 'visitor-request-limit-exempt-hosts': '127.0.0.11' });
    for (const pod of ['127.0.0.11', '127.0.0.12']) {
      const wrong = await ntfy.publishMany(31, { pod, token: `tk_${'wrong'.padEnd(29, 'x')}` });
      assert.deepEqual(wrong, { '40101': 30, '42909': 1 });
      assert.equal((await ntfy.publish('dl-media', { pod, token: tokens.media })).code, 42_909);
    }
    assert.equal((await ntfy.publish('dl-media', { pod: '127.0.0.14', token: tokens.media })).status, 200);
  },
);

const newTopics = (ntfy: Server, pod: string) =>
  ntfy.publishMany(120, { token: tokens.media, pod }, (n) => `dl-media-${pod.replaceAll('.', '-')}-${n}`);

realTest(
  'a visitor may create 100 topics, exempt or not, unless the limit is lifted',
  { needs },
  async () => {
    const exempt = { 'visitor-request-limit-exempt-hosts': '127.0.0.0/8' };
    await using lifted = await startServer(exempt);
    assert.deepEqual(await newTopics(lifted, '127.0.0.11'), { '200': 120 });
    await using usual = await startServer({ ...exempt, 'visitor-topic-creation-limit-burst': 100 });
    assert.deepEqual(await newTopics(usual, '127.0.0.11'), { '200': 100, '42911': 20 });
  },
);

realTest('a tenant with a tier has a separate limit, whatever its address', { needs }, async () => {
  await using ntfy = await startServer();
  const pod = '127.0.0.11';
  for (const line of blockOf('sh').trim().split('\n')) await ntfy.run(line);
  assert.deepEqual(await ntfy.publishMany(150, { token: tokens.media, pod }), { '200': 150 });
  assert.deepEqual(await ntfy.publishMany(70, { token: tokens.games, pod }, () => 'dl-games'), SIXTY);
});
