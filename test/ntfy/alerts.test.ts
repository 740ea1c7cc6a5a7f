/** Alerts, incidents and the simpler forms of a card. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Alert, Failure, Notification } from '../../machines/domain.ts';
import { alertSequence, renderCard } from '../../src/ntfy/card.ts';
import type { Published } from '../../src/ntfy/card.ts';
import { startNtfySimulator } from '../../src/simulator/index.ts';
import { completionOf, hostileNames, key, progressOf } from './cards.ts';
import { clientOf, topic } from './clients.ts';

const address = { topic, instance: 'a-very_long-name18', timeZone: 'UTC' };
const bytes = (text: string) => Buffer.byteLength(text);

const alertOf = (alert: Alert, name: string | null = 'debian.iso') =>
  ({ kind: 'alert', key, name, percent: 42, alert }) satisfies Notification;
const incidentOf = (kind: Failure['kind'], message = 'it is so') =>
  ({ kind: 'incident', key: 'qbittorrent', failure: { kind, message } }) satisfies Notification;
const allClear: Notification = { kind: 'incident-resolved', key: 'qbittorrent', shown: true };

describe('an alert', () => {
  for (const alert of ['stalled', 'metadata', 'failed', 'crashing'] as const) {
    test(`(${alert}) is audible, on its own card, with the torrent's name`, () => {
      const card = renderCard(alertOf(alert), address);
      assert.deepEqual([card.priority, card.title], [4, 'debian.iso']);
      assert.equal(card.sequence_id, alertSequence(address.instance, key));
      assert.match(card.sequence_id, /^[-_A-Za-z0-9]{1,64}$/);
      assert.ok(card.message.length > 20);
    });
  }

  test('with the delays names them; without, only what is missing', () => {
    const delays = { stalledAfter: 1_800_000, metadataAfter: 5_400_000 };
    const texts = (['stalled', 'metadata'] as const).flatMap((alert) =>
      [{ ...address, alerts: delays }, address].map((options) => renderCard(alertOf(alert), options).message),
    );
    assert.deepEqual(texts, [
      'Stalled at 42%: no data for 30 minutes.',
      'Stalled at 42%: no data.',
      'No metadata for 1 hour 30 minutes: the magnet may have no peers.',
      'No metadata: the magnet may have no peers.',
    ]);
  });

  test('repeated within the hour is as silent as progress, on the same card', () => {
    const [loud, silent] = [alertOf('stalled'), { ...alertOf('stalled'), silent: true }];
    assert.deepEqual(renderCard(silent, address), { ...renderCard(loud, address), priority: 2 });
    const incident = { ...incidentOf('unreachable'), silent: true };
    assert.equal(renderCard(incident, address).priority, 2);
  });

  test('with 2,000 hostile names never exceeds the limits of ntfy', () => {
    for (const [index, name] of hostileNames(2000, 3).entries()) {
      const card = renderCard(alertOf('stalled', name), address);
      assert.ok(bytes(JSON.stringify(card)) < 8192 && bytes(card.title) <= 200, `name ${index}`);
      assert.ok(card.title !== '' && !card.title.includes('\n'), `name ${index}`);
    }
  });

  test('is deleted by its alert-clear, which keeps the progress card', async () => {
    await using ntfy = await startNtfySimulator();
    const client = clientOf(ntfy);
    await client.publish(progressOf());
    await client.publish(alertOf('stalled'));
    assert.equal(ntfy.cards(topic).length, 2);
    await client.publish({ kind: 'alert-clear', key, shown: 'stalled' });
    assert.deepEqual(
      ntfy.cards(topic).map(({ message }) => message?.slice(0, 3)),
      ['42%'],
    );
  });

  test('is deleted with the progress card when the torrent ends; the completion stays', async () => {
    await using ntfy = await startNtfySimulator();
    const client = clientOf(ntfy);
    for (const notification of [progressOf(), alertOf('stalled'), completionOf()]) {
      await client.publish(notification);
    }
    await client.publish({ kind: 'card-delete', key, shown: false, alerted: true });
    assert.deepEqual(
      ntfy.cards(topic).map(({ title }) => title),
      ['Download Complete'],
    );
  });
});

describe('an incident', () => {
  const kinds: Failure['kind'][] = [
    'unreachable',
    'unauthorized',
    'banned',
    'misdirected',
    'broken',
    'protocol',
  ];
  for (const kind of kinds) {
    test(`(${kind}) is audible and names the failure`, () => {
      const card = renderCard(incidentOf(kind, 'nothing listens on localhost:8080'), address);
      assert.equal(card.priority, 4);
      assert.match(card.message, /^Nothing listens on localhost:8080\./);
    });
  }

  test('is replaced in place by its all-clear, which is silent', async () => {
    await using ntfy = await startNtfySimulator();
    const client = clientOf(ntfy);
    await client.publish(incidentOf('unreachable'));
    await client.publish(allClear);
    assert.equal(ntfy.cards(topic).length, 1);
    assert.match(ntfy.cards(topic)[0]?.message ?? '', /answers again/);
    assert.equal(ntfy.sounds.length, 1);
  });

  test('of the store reports that the state is not saved, and then that it is saved again', () => {
    const message = 'The state is only in memory: the disk of STATE_DIR is full';
    const reported = renderCard(
      { kind: 'incident', key: 'store', failure: { kind: 'protocol', message } },
      address,
    );
    const resolved = renderCard({ kind: 'incident-resolved', key: 'store', shown: true }, address);
    assert.deepEqual([reported.title, resolved.title], ['State is not saved', 'State is saved again']);
    assert.equal(resolved.sequence_id, reported.sequence_id, 'replaced in place');
    assert.deepEqual([reported.priority, resolved.priority], [4, 2]);
    assert.doesNotMatch(resolved.message, /qBittorrent/);
  });

  test('of a repaired file does not report lost state, and ends with one full stop', () => {
    const message = 'The file in STATE_DIR was damaged. It was renamed to x, and a new one was written.';
    const failure = { kind: 'protocol', message, reason: 'state-repaired' } as const;
    const card = renderCard({ kind: 'incident', key: 'store', failure }, address);
    assert.deepEqual([card.title, card.message], ['State was repaired', message]);
    const plain = renderCard(incidentOf('protocol', 'it answered 500'), address);
    assert.equal(plain.message.split('\n')[0], 'It answered 500.');
  });

  test("shows a server's text as safe text, however long", () => {
    for (const message of hostileNames(200, 4)) {
      const card = renderCard(incidentOf('broken', message), address);
      assert.ok(bytes(card.message) < 4096 && bytes(JSON.stringify(card)) < 8192);
      assert.doesNotMatch(card.message, /[\u202a-\u202e\u2066-\u2069\0]/u);
    }
  });
});

describe('a card in plain form', () => {
  test('is short ASCII text with the same sequence ID and priority', () => {
    for (const [index, name] of hostileNames(500, 5).entries()) {
      const card = renderCard(completionOf({ name }), address);
      const simple = renderCard(completionOf({ name }), address, 'plain');
      assert.match(simple.title, /^[\x20-\x7e]{1,60}$/, `name ${index}`);
      assert.match(simple.message, /^[\x20-\x7e\n]{1,200}$/, `name ${index}`);
      assert.deepEqual(
        [simple.sequence_id, simple.priority, simple.topic, simple.tags],
        [card.sequence_id, card.priority, card.topic, []],
      );
    }
  });

  test('is sent instead of a message that was rejected', async () => {
    await using ntfy = await startNtfySimulator();
    await clientOf(ntfy).publish(completionOf({ name: '日本語 “a”' }), { form: 'plain' });
    assert.match(ntfy.messages[0]?.message ?? '', /^[\x20-\x7e\n]*$/);
    assert.equal(ntfy.sounds.length, 1);
  });
});

describe('a card in fixed form', () => {
  const failure = { kind: 'broken', message: 'POISON' } as const;
  const cases: Published[] = [
    progressOf({ name: 'POISON' }),
    completionOf({ name: 'POISON' }),
    { kind: 'alert', key, name: 'POISON', percent: 40, alert: 'failed' },
    { kind: 'alert', key, name: 'POISON', percent: 40, alert: 'stalled', silent: true },
    { kind: 'incident', key: 'qbittorrent', failure, silent: true },
    { kind: 'incident', key: 'qbittorrent', failure },
    { kind: 'incident', key: 'store', failure },
    { kind: 'incident-resolved', key: 'qbittorrent', shown: true },
  ];
  for (const notification of cases) {
    test(`has the sequence ID and priority of the full form, and no untrusted text: ${notification.kind}`, () => {
      const [full, fixed] = [renderCard(notification, address), renderCard(notification, address, 'fixed')];
      assert.doesNotMatch(JSON.stringify(fixed), /POISON/);
      assert.match(`${fixed.title}\n${fixed.message}`, /^[\x20-\x7e\n]+$/);
      assert.deepEqual([fixed.sequence_id, fixed.priority], [full.sequence_id, full.priority]);
    });
  }

  test('is rendered when the full form throws an exception', () => {
    const torrent = Object.defineProperty(completionOf().torrent, 'name', {
      get: () => {
        throw new Error('a bug');
      },
    });
    const completion: Published = { kind: 'completion', key, torrent, at: 0 };
    assert.throws(() => renderCard(completion, address));
    const { title, message } = renderCard(completion, address, 'fixed');
    assert.deepEqual([title, message], ['Download Complete', 'A download is complete: see the page.']);
  });
});
