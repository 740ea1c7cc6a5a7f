/** The command topic of real ntfys: everyone may publish to it, only the sidecar may read it. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { startNtfy } from '../servers/ntfy.ts';
import type { Ntfy } from '../servers/ntfy.ts';
import { realTest } from '../servers/real-test.ts';
import { until } from '../servers/wait.ts';
import { createNtfyClient } from '../../src/ntfy/client.ts';
import { progressOf } from '../ntfy/cards.ts';
import { clientOf, none, token } from '../ntfy/clients.ts';
import { codecOf, command } from './commands.ts';
import { startListening, TOPIC } from './listening.ts';

const signed = codecOf().sign(command);
const SIDECAR = 'sidecar';

const auth = {
  everyoneMay: { [TOPIC]: 'write-only' },
  users: [{ name: SIDECAR, password: 'secret', access: { [TOPIC]: 'read-only' } }],
} as const;

const listenTo = (ntfy: Ntfy, since?: string) =>
  startListening(ntfy.url, {
    auth: token(ntfy.tokens[SIDECAR] ?? ''),
    ...(since === undefined ? {} : { since }),
  });

/** Publishes as a button does, without credentials; returns the status and the ID of the message. */
async function press({ url }: Ntfy, body: BodyInit, headers: Record<string, string> = {}) {
  const answer = await fetch(`${url}/${TOPIC}`, { method: 'POST', body, headers });
  const { id = '' } = (await answer.json()) as { id?: string };
  return { status: answer.status, id };
}

for (const generation of ['current', 'legacy'] as const) {
  describe(`ntfy ${generation}`, () => {
    const needs = [`ntfy ${generation}`] as const;

    realTest('everyone may press, only the sidecar may read; a press arrives once', { needs }, async () => {
      await using ntfy = await startNtfy(generation, { auth });
      const first = listenTo(ntfy);
      await until('the open stream', () => first.count('open') === 1);
      const { status, id } = await press(ntfy, signed);
      assert.equal(status, 200);
      await until('the press', () => first.presses.length === 1);
      assert.deepEqual(first.reports, ['open', `press ${id}`, `cursor ${id}`]);
      assert.deepEqual(first.presses[0]?.command, command);
      assert.ok((first.presses[0]?.age ?? Infinity) < 60_000);
      await first.stop();

      // While nobody listens.
      const [junk, second] = [await press(ntfy, 'hello'), await press(ntfy, signed)];
      await using next = listenTo(ntfy, id);
      await until('the press', () => next.presses.length === 1);
      assert.deepEqual(next.reports, [
        'open',
        'malformed',
        `cursor ${junk.id}`,
        `press ${second.id}`,
        `cursor ${second.id}`,
      ]);
    });

    realTest('a cursor that ntfy does not know, or none, replays all presses', { needs }, async () => {
      await using ntfy = await startNtfy(generation, { auth });
      const ids = [(await press(ntfy, signed)).id, (await press(ntfy, signed)).id];
      for (const since of ['abcdefghijkl', '10m', 'all']) {
        await using listening = listenTo(ntfy, since);
        await until('both presses', () => listening.presses.length === 2);
        assert.deepEqual(
          listening.presses.map(({ id }) => id),
          ids,
        );
        assert.ok(listening.presses.every(({ age }) => age < 120_000));
      }
      await using listening = listenTo(ntfy, ids[1]);
      await until('the open stream', () => listening.count('open') === 1);
      await press(ntfy, 'end');
      await until('the end', () => listening.count('malformed') === 1);
      assert.deepEqual(listening.presses, []);
    });

    realTest('a topic that may not be read, and a wrong token, are failures', { needs }, async () => {
      await using ntfy = await startNtfy(generation, { auth });
      const cases = [
        [undefined, TOPIC, 403, 40_301],
        [token(ntfy.tokens[SIDECAR] ?? ''), 'other', 403, 40_301],
        [token('tk_wrong'), TOPIC, 401, 40_101],
      ] as const;
      for (const [credentials, topic, status, code] of cases) {
        const listening = startListening(ntfy.url, {
          topic,
          ...(credentials === undefined ? {} : { auth: credentials }),
        });
        const failure = await listening.failure;
        assert.equal(failure.kind, 'unauthorized');
        assert.deepEqual(failure.answer, { status, code, bytes: 0 });
        assert.deepEqual(listening.reports, []);
      }
    });

    realTest('a server that ends is a failure, and the next stream works', { needs }, async () => {
      await using ntfy = await startNtfy(generation, { auth, cacheFile: true });
      const listening = listenTo(ntfy);
      await until('the open stream', () => listening.count('open') === 1);
      const { id } = await press(ntfy, signed);
      await until('the press', () => listening.presses.length === 1);
      await ntfy.restart();
      const failure = await listening.failure;
      assert.deepEqual([failure.kind, failure.reason], ['unreachable', 'connection-closed']);
      const missed = await press(ntfy, signed);
      await using next = listenTo(ntfy, id);
      await until('the press', () => next.presses.length === 1);
      assert.equal(next.presses[0]?.id, missed.id);
    });

    // To publish one takes 4 ms.
    const count = generation === 'current' ? 10_000 : 1000;
    realTest(
      `of ${count} junk messages, 100 KB, binary and JSON bombs none has an effect`,
      { needs },
      async () => {
        await using ntfy = await startNtfy(generation, { auth, requestLimit: 'none' });
        await using listening = listenTo(ntfy);
        await until('the open stream', () => listening.count('open') === 1);
        const forged = signed.slice(0, -1) + (signed.endsWith('A') ? 'B' : 'A');
        const bodies = [
          'hello',
          forged,
          '['.repeat(3000),
          '{"a":'.repeat(700),
          new Uint8Array([0, 255, 128]),
        ];
        const publish = async (from: number) => {
          for (let index = from; index < count; index += 20) await press(ntfy, bodies[index % 4] ?? '');
        };
        await Promise.all(Array.from({ length: 20 }, (_, from) => publish(from)));
        const refused = [await press(ntfy, bodies[4] ?? ''), await press(ntfy, 'x'.repeat(100_000))];
        assert.deepEqual(
          refused.map(({ status }) => status),
          [400, 400],
        );
        await press(ntfy, signed, { title: 'x'.repeat(100_000) });
        const last = await press(ntfy, signed, { title: 'a title', tags: 'one,two', priority: '5' });
        await until('the press', () => listening.presses.length === 1);
        assert.equal(listening.presses[0]?.id, last.id);
        assert.deepEqual(
          [listening.count('malformed'), listening.count('signature')],
          [0.75 * count + 1, count / 4],
        );
        const cursors = listening.reports.filter((report) => report.startsWith('cursor'));
        assert.ok(cursors.length <= 4, `${cursors.length} cursors`);
      },
    );

    realTest('a button of a card publishes what it contains', { needs }, async () => {
      await using ntfy = await startNtfy(generation, {
        auth: { ...auth, everyoneMay: { ...auth.everyoneMay, downloads: 'read-write' } },
      });
      await using listening = listenTo(ntfy);
      await until('the open stream', () => listening.count('open') === 1);
      const buttons = { url: `${ntfy.url}/${TOPIC}`, token: null, sign: codecOf().sign };
      const client = createNtfyClient(
        { server: ntfy.url, topic: 'downloads', auth: none, rate: null, retryMax: 0 },
        { instance: 'qbit', timeZone: 'UTC', buttons, webUi: 'https://qbittorrent.example.org/' },
      );
      const { round, serial, expiresAt } = command;
      const set = { round, serial, expiresAt, actions: ['pause', 'mute', 'delete'] } as const;
      // A large request.
      const style = { message: 'x\n'.repeat(750), icon: `https://x.example/${'i'.repeat(1900)}` };
      const sent = await client.publish({ ...progressOf(), buttons: set }, { style });
      assert.ok(sent.ok);
      const [card] = await ntfy.messages('downloads');
      assert.equal(card?.click, 'https://qbittorrent.example.org/');
      for (const { url, method, body, headers = {}, clear } of card?.actions ?? []) {
        assert.equal(clear, false);
        const answer = await fetch(String(url), {
          method: String(method),
          body: String(body),
          headers: headers as Record<string, string>,
        });
        assert.equal(answer.status, 200);
      }
      await until('the presses', () => listening.presses.length === 3);
      assert.deepEqual(
        listening.presses.map((each) => each.command.action),
        set.actions,
      );
      assert.deepEqual(listening.presses[0]?.command, command);
    });

    realTest('whether it knows sequence IDs is known before the first card', { needs }, async () => {
      await using ntfy = await startNtfy(generation, { auth });
      assert.equal(await clientOf(ntfy).knowsSequences(), generation === 'current');
    });
  });
}
