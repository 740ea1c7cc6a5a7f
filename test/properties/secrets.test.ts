import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createActor, SimulatedClock } from 'xstate';
import type { InspectionEvent } from 'xstate';
import { createNtfyClient } from '../../src/ntfy/client.ts';
import { createEnsureHook } from '../../src/hooks/index.ts';
import { createConnection } from '../../src/qbittorrent/connection.ts';
import { createQbittorrentClient } from '../../src/qbittorrent/client.ts';
import { secret } from '../../src/util/secret.ts';
import { provideActors } from '../../src/app/actors.ts';
import { hashOf, MINUTE, shardOf, policy } from '../machines/fixtures.ts';
import { recorder } from '../server/apps.ts';
import { runs } from './property.ts';
import { answerRequests } from './requests.ts';
import type { OutgoingRequest } from './requests.ts';
import { pass } from '../support/clock.ts';
import './time.ts';

/** In the password, the key, the token, the cookie and the tracker's URL; also as Basic and URL encoding would show it. */
const PLANTED = 'xyzzy-planted-secret';
const TRACES = [PLANTED, Buffer.from(`user:${PLANTED}`).toString('base64')];

const entry = {
  hash: hashOf(1),
  name: 'debian.iso',
  state: 'downloading',
  progress: 0.3,
  size: 1000,
  dlspeed: 10,
  tracker: `https://user:${PLANTED}@tracker.test/${PLANTED}/announce?passkey=${PLANTED}`,
  magnet_uri: `magnet:?xt=urn:btih:${hashOf(1)}&tr=https://tracker.test/${PLANTED}/announce`,
};

type Answer = 'good' | 401 | 403 | 429 | 500 | 'garbage' | 'down';

const json = (value: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(value), { headers: { 'content-type': 'application/json', ...headers } });

/** The preferences of qBittorrent without a hook: one is installed. */
const PREFERENCES = {
  autorun_enabled: false,
  autorun_program: '',
  autorun_on_torrent_added_enabled: false,
  autorun_on_torrent_added_program: '',
};

function goodAnswer({ url, body }: OutgoingRequest): Response {
  if (url.includes('auth/login'))
    return new Response('Ok.', { headers: { 'set-cookie': `SID=${PLANTED}; path=/` } });
  if (url.includes('webapiVersion')) return new Response('2.11.4');
  if (url.includes('torrents/info')) return json([entry]);
  if (url.includes('app/preferences')) return json(PREFERENCES);
  if (url.includes('v1/account'))
    return json({ limits: { messages: 250 }, stats: { messages_remaining: 200 } });
  const { sequence_id } = JSON.parse(body || '{}') as { sequence_id?: string };
  return json({ id: 'x', sequence_id });
}

function answer(kind: Answer, request: OutgoingRequest): Promise<Response> {
  if (kind === 'good') return Promise.resolve(goodAnswer(request));
  if (kind === 'garbage') return Promise.resolve(new Response('<html>'));
  if (kind === 'down') return Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
  return Promise.resolve(new Response('no', { status: kind }));
}

/** Everything that is reachable from a value, except functions and actors, as text. */
function textOf(value: unknown): string {
  const seen = new WeakSet();
  return (
    JSON.stringify(value, (_, part: unknown) => {
      if (typeof part !== 'object' || part === null) return part;
      if (seen.has(part) || 'sessionId' in part || 'implementations' in part) return null;
      seen.add(part);
      if (part instanceof Map || part instanceof Set) return [...part];
      if (part instanceof Error) return { message: part.message, stack: part.stack, cause: part.cause };
      return part;
    }) ?? ''
  );
}

/** The parts of an event that an inspector shows: all but the references of the actor system. */
function shownOf(event: InspectionEvent): unknown[] {
  const { actorRef, rootId, ...rest } = event;
  const actor = actorRef as { options?: { input?: unknown }; getPersistedSnapshot?: unknown };
  return [rootId, rest, actor.options?.input];
}

const auth = fc.constantFrom('password', 'apiKey');
const answers = fc.array(fc.constantFrom<Answer>('good', 'good', 401, 403, 429, 500, 'garbage', 'down'), {
  minLength: 1,
  maxLength: 8,
});

test('no event, input or context of any machine contains a password, a key, a token, a cookie or a passkey', async () => {
  let used = 0;
  let observed = 0;
  const property = fc.asyncProperty(auth, fc.boolean(), answers, async (kind, basic, answers) => {
    // A proxy's login and an API key both need the same header.
    const guarded = kind === 'password' && basic;
    let count = 0;
    const restore = answerRequests((request) => {
      if (TRACES.some((trace) => JSON.stringify(request).includes(trace))) used += 1;
      return answer(answers[count++ % answers.length] ?? 'good', request);
    });
    const hidden = secret(PLANTED);
    const shown: string[] = [];
    const qbittorrent = {
      url: 'http://qbittorrent.test',
      ...(guarded ? { basic: { username: 'user', password: hidden } } : {}),
      auth:
        kind === 'password'
          ? ({ kind, username: 'admin', password: hidden } as const)
          : ({ kind: 'apiKey', key: hidden } as const),
    };
    const connection = createConnection(qbittorrent);
    const machine = provideActors({
      qbittorrent: createQbittorrentClient(qbittorrent, connection),
      ensureHook: createEnsureHook(
        {
          hook: { host: 'localhost', port: 9090, token: hidden, url: null, tool: 'curl', autoInstall: true },
        },
        { connection, port: () => 9090, log: recorder().log },
      ),
      ntfy: createNtfyClient(
        {
          server: 'http://ntfy.test',
          topic: 'topic',
          auth: basic
            ? { kind: 'basic', username: 'user', password: hidden }
            : { kind: 'token', token: hidden },
          rate: 'auto',
          retryMax: MINUTE,
        },
        { instance: 'phone', timeZone: 'UTC' },
      ),
      saveFact: (event) => void shown.push(textOf(event)),
      rotation: () => new Promise(() => {}),
    });
    const clock = new SimulatedClock();
    const supervisor = createActor(machine, {
      clock,
      input: {
        policy: { ...policy, rate: 'auto', installHook: true },
        now: () => clock.now(),
        shardOf,
      },
      inspect: (event) => void shown.push(textOf(shownOf(event))),
    });
    supervisor.on('*', (event) => void shown.push(textOf(event)));
    supervisor.start();
    supervisor.send({ type: 'torrents.track', hashes: [hashOf(1)] });
    for (let second = 0; second < 30; second += 1) {
      for (let turn = 0; turn < 5; turn += 1) await pass(clock, 0);
      await pass(clock, 1000);
    }
    await pass(clock, 11 * MINUTE);
    supervisor.stop();
    restore();
    assert.ok(shown.length > 50 && shown.some((text) => text.includes(hashOf(1))));
    if (shown.some((text) => text.includes('tracker.test'))) observed += 1;
    assert.deepEqual(
      shown.filter((text) => TRACES.some((trace) => text.includes(trace))),
      [],
    );
  });
  await fc.assert(property, { numRuns: runs(20) });
  assert.ok(used > 10, 'the requests contained the secrets');
  assert.ok(observed > 0, 'a tracker was observed');
});
