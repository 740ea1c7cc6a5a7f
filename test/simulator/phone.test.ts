/** The cards on the phone of the simulated ntfy, and when it makes a sound. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startNtfySimulator } from '../../src/simulator/index.ts';
import type { NtfyEvent, NtfySimulator } from '../../src/simulator/index.ts';

const topic = 'downloads';

async function publish(ntfy: NtfySimulator, sequence_id: string, message: string, priority = 3) {
  const body = JSON.stringify({ topic, sequence_id, message, priority });
  const answer = await fetch(ntfy.url, { method: 'POST', body });
  assert.equal(answer.status, 200);
}

const remove = (ntfy: NtfySimulator, sequence: string) =>
  fetch(`${ntfy.url}/${topic}/${sequence}`, { method: 'DELETE' });

const texts = (events: NtfyEvent[]) => events.map(({ message }) => message);

test('a card is updated in place, and a deleted one is removed', async () => {
  await using ntfy = await startNtfySimulator();
  await publish(ntfy, 'a', '10 %');
  await publish(ntfy, 'b', '20 %');
  await publish(ntfy, 'a', '30 %');
  assert.deepEqual(texts(ntfy.cards(topic)), ['30 %', '20 %']);
  await remove(ntfy, 'a');
  assert.deepEqual(texts(ntfy.cards(topic)), ['20 %']);
  assert.deepEqual(ntfy.cards('other'), []);
  assert.equal(ntfy.messages.length, 4);
});

test('an update of a visible card is silent, whatever its priority', async () => {
  await using ntfy = await startNtfySimulator();
  await publish(ntfy, 'a', 'first', 4);
  await publish(ntfy, 'a', 'second', 5);
  assert.deepEqual(texts(ntfy.sounds), ['first']);
});

test('priorities 1 and 2 make no sound', async () => {
  await using ntfy = await startNtfySimulator();
  for (const priority of [1, 2, 3, 4, 5]) await publish(ntfy, `p${priority}`, `${priority}`, priority);
  assert.deepEqual(texts(ntfy.sounds), ['3', '4', '5']);
});

test('a completion that updates a silent card makes no sound; one with a separate card does', async () => {
  await using ntfy = await startNtfySimulator();
  await publish(ntfy, 'a', '99 %', 2);
  await publish(ntfy, 'a', 'done, unheard', 4);
  await publish(ntfy, 'a-done', 'done', 4);
  assert.deepEqual(texts(ntfy.sounds), ['done']);
});

test('after a delete, a clear or a swipe the next update makes a sound', async () => {
  await using ntfy = await startNtfySimulator();
  await publish(ntfy, 'a', 'first');
  await remove(ntfy, 'a');
  await publish(ntfy, 'a', 'after the delete');
  await fetch(`${ntfy.url}/${topic}/a/clear`, { method: 'PUT' });
  assert.deepEqual(
    ntfy.cards(topic).map(({ showing }) => showing),
    [false],
  );
  await publish(ntfy, 'a', 'after the clear');
  ntfy.dismiss(topic, 'a');
  await publish(ntfy, 'a', 'after the swipe');
  assert.deepEqual(texts(ntfy.sounds), ['first', 'after the delete', 'after the clear', 'after the swipe']);
});

test('without sequences every message has a separate card and makes a sound', async () => {
  await using ntfy = await startNtfySimulator({ generation: 'legacy' });
  await publish(ntfy, 'a', 'first');
  await publish(ntfy, 'a', 'second');
  assert.deepEqual(texts(ntfy.cards(topic)), ['first', 'second']);
  assert.deepEqual(texts(ntfy.sounds), ['first', 'second']);
});

test('a subscriber receives every event until it unsubscribes', async () => {
  await using ntfy = await startNtfySimulator();
  const events: string[] = [];
  const unsubscribe = ntfy.subscribe(({ event }) => events.push(event));
  await publish(ntfy, 'a', 'first');
  await remove(ntfy, 'a');
  unsubscribe();
  await publish(ntfy, 'a', 'second');
  assert.deepEqual(events, ['message', 'message_delete']);
});
