/** The topics behind the routes: how long they are known, and what is published where. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRecord } from '../../machines/torrent/record.ts';
import type { TorrentRecord } from '../../machines/domain.ts';
import { createNtfyClient } from '../../src/ntfy/client.ts';
import { createRoutes, referring, storedRoutesSchema } from '../../src/ntfy/routes.ts';
import type { StoredRoutes } from '../../src/ntfy/routes.ts';
import { startNtfySimulator } from '../../src/simulator/index.ts';
import { key, completionOf, progressOf } from './cards.ts';
import { cardDelete, none, topic } from './clients.ts';

const server = 'https://ntfy.example';
const onFilms = (over: Partial<TorrentRecord> = {}): TorrentRecord => ({
  ...createRecord(key, 0),
  card: true,
  cardRoute: 'f1',
  ...over,
});

function startRoutes(over: Partial<Parameters<typeof createRoutes>[0]> = {}) {
  const topics = new Map([['f1', 'films']]);
  const saved: StoredRoutes[] = [];
  const routes = createRoutes({
    server,
    current: (route) => topics.get(route),
    stored: {},
    records: [],
    others: {},
    save: (stored) => saved.push(stored),
    ...over,
  });
  return { topics, saved, routes };
}

describe('the topic of a route', () => {
  test('is stored before the record that refers to it, and deleted after the last of them', () => {
    const order: string[] = [];
    const { routes, saved } = startRoutes({
      save: (stored) => order.push(`routes ${Object.keys(stored).join()}`),
    });
    assert.deepEqual(saved, []);
    const write = referring(routes, (event) => order.push(event.type));
    const other = onFilms({ key: key.replace('0', '1') });
    for (const record of [onFilms(), other]) write({ type: 'record.save', record });
    write({ type: 'record.delete', key });
    write({ type: 'record.delete', key: other.key });
    assert.deepEqual(order, [
      'routes f1',
      'record.save',
      'record.save',
      'record.delete',
      'record.delete',
      'routes ',
    ]);
  });

  test('is known after its rule is gone, as long as a record refers to it', () => {
    const { routes, topics } = startRoutes();
    routes.refer(onFilms());
    topics.clear();
    assert.equal(routes.topicOf('f1'), 'films');
    routes.refer(onFilms({ cardRoute: 'f2', oldCards: ['f1'] }));
    assert.equal(routes.topicOf('f1'), 'films');
    routes.refer(onFilms({ cardRoute: 'f2' }));
    assert.equal(routes.topicOf('f1'), null);
  });

  for (const over of [
    { alertRoute: 'f1' },
    { oldAlerts: ['f1'] },
    { route: 'f1' },
    { added: { route: 'f1', done: false } },
    { ifRemoved: { name: null, route: 'f1' } },
    { removal: { kind: 'removed', key, name: null, percent: 1, at: 0, route: 'f1' } },
  ] satisfies Partial<TorrentRecord>[]) {
    test(`is known because of the field ${Object.keys(over).join()}`, () => {
      const { routes, topics } = startRoutes();
      routes.refer({ ...createRecord(key, 0), ...over });
      topics.clear();
      assert.equal(routes.topicOf('f1'), 'films');
    });
  }

  test('survives a restart without the rule, and is not used on another server', () => {
    const { routes, saved } = startRoutes();
    routes.refer(onFilms());
    const stored = storedRoutesSchema.parse(JSON.parse(JSON.stringify(saved.at(-1))));
    const records = [onFilms()];
    const after = startRoutes({ stored, records, current: () => undefined });
    assert.equal(after.routes.topicOf('f1'), 'films');
    const elsewhere = startRoutes({ stored, records, current: () => undefined, server: 'https://other' });
    assert.equal(elsewhere.routes.topicOf('f1'), null);
  });

  test('that nothing refers to is forgotten at the start', () => {
    const stored = { f1: { server, topic: 'films' } };
    assert.equal(startRoutes({ stored, current: () => undefined }).routes.topicOf('f1'), null);
  });

  test('is not stored for torrents on the default topic', () => {
    const { routes, saved } = startRoutes();
    for (let n = 0; n < 100; n += 1) routes.refer({ ...createRecord(key, n), card: true });
    assert.deepEqual(saved, []);
  });
});

test('stored topics that cannot be one are ignored', () => {
  const good = { server, topic: 'films' };
  const stored = { a: good, b: { server, topic: '../x' }, c: { server, topic: 'x/../../y' }, d: 7 };
  assert.deepEqual(storedRoutesSchema.parse(stored), { a: good });
  for (const invalid of [null, undefined, 7, 'x', []])
    assert.deepEqual(storedRoutesSchema.parse(invalid), {});
});

async function startClient() {
  const ntfy = await startNtfySimulator();
  const config = { server: ntfy.url, topic, auth: none, rate: null, retryMax: 0 } as const;
  const client = createNtfyClient(
    config,
    { instance: 'qbit', timeZone: 'UTC' },
    { topicOf: (route) => (route === 'f1' ? 'films' : null) },
  );
  const sequences = (of: string) => ntfy.cards(of).map(({ sequence_id }) => sequence_id);
  return { ntfy, client, sequences, [Symbol.asyncDispose]: () => ntfy[Symbol.asyncDispose]() };
}

describe('the client', () => {
  test('publishes to the topic of the route, and deletes there', async () => {
    await using server = await startClient();
    const { client, sequences } = server;
    await client.publish({ ...progressOf(), route: 'f1' });
    await client.publish({ ...completionOf(), route: 'f1' });
    await client.publish(progressOf());
    assert.deepEqual(sequences('films'), [`qbit-${key}`, `qbit-${key}-done`]);
    await client.publish({ ...cardDelete, route: 'f1' });
    assert.deepEqual(sequences('films'), [`qbit-${key}-done`]);
    assert.deepEqual(sequences(topic), [`qbit-${key}`]);
  });

  test('publishes what has an unknown route to the default topic, and deletes nothing for it', async () => {
    await using server = await startClient();
    const { ntfy, client, sequences } = server;
    await client.publish(progressOf());
    const requests = ntfy.requests.length;
    assert.equal((await client.publish({ ...cardDelete, route: 'f9' })).ok, true);
    assert.equal(ntfy.requests.length, requests);
    await client.publish({ ...completionOf(), route: 'f9' });
    assert.deepEqual(sequences(topic), [`qbit-${key}`, `qbit-${key}-done`]);
  });

  test('sends the completion as it was fixed, with its priority', async () => {
    await using server = await startClient();
    const { ntfy, client } = server;
    const fixed = { title: 'Film', message: 'It is there', tags: ['popcorn'], priority: 5 };
    await client.publish({ ...completionOf(), fixed });
    const [message] = ntfy.messages;
    assert.deepEqual(
      [message?.title, message?.message, message?.tags, message?.priority],
      ['Film', 'It is there', ['popcorn'], 5],
    );
  });
});
