/** A summary on a real ntfy. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { realTest, startNtfy, until, visibleCards } from '../servers/index.ts';
import { startSidecar } from '../support/sidecar.ts';
import { TOPIC } from './harness.ts';

realTest(
  '200 downloads with long names are one card on ntfy, which survives a restart, and is deleted when they are gone',
  { needs: ['ntfy current'] },
  async () => {
    const state = mkdtempSync(join(tmpdir(), 'state-'));
    await using ntfy = await startNtfy('current');
    await using qbittorrent = await startQbittorrentSimulator();
    const hashes = Array.from({ length: 200 }, (_, n) =>
      qbittorrent.addTorrent({ name: `${n} "${'😀'.repeat(50)}"`, size: 1_000_000_000, rate: 100_000 }),
    );
    const env = {
      QBIT_HOST: qbittorrent.url,
      QBIT_USER: qbittorrent.username,
      QBIT_PASS: qbittorrent.password,
      NTFY_TOPIC: `${ntfy.url}/${TOPIC}`,
      STATE_DIR: state,
      INSTANCE_NAME: 'qbit',
      SUMMARY_FROM: '8',
    };
    const visible = async () => visibleCards(await ntfy.messages(TOPIC));
    const isOne = async () => (await visible()).map(({ sequence_id }) => sequence_id).join() === 'qbit-sum';
    const sidecar = await startSidecar(env);
    await until('there is one card', isOne, { deadline: 60_000 });
    const [card] = await visible();
    assert.match(card?.title ?? '', /^200 downloads: \d+%$/);
    assert.equal(card?.priority, 2);
    const lines = card?.message?.split('\n') ?? [];
    assert.ok(lines.length > 20 && lines.slice(1, -1).every((line) => line.startsWith('[')), card?.message);
    assert.match(lines.at(-1) ?? '', /^and \d+ more$/);
    await sidecar.stop();

    for (const hash of hashes) qbittorrent.removeTorrent(hash);
    const next = await startSidecar(env);
    await until('it is deleted', async () => (await visible()).length === 0, { deadline: 120_000 });
    const attachments = (await ntfy.messages(TOPIC)).filter((message) => 'attachment' in message);
    assert.deepEqual(attachments, [], 'each message was short enough');
    await next.stop();
    rmSync(state, { recursive: true, force: true });
  },
);
