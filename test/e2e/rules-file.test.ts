/** A rules file that changes while the sidecar runs, with real servers. */
import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { describe } from 'node:test';
import { realTest, until, visibleCards } from '../servers/index.ts';
import type { NtfyMessage, QbittorrentGeneration } from '../servers/index.ts';
import { startRulesScene } from './rules-scene.ts';
import type { RulesScene } from './rules-scene.ts';

const MB = 1_000_000;
const GENERATIONS: readonly QbittorrentGeneration[] = ['legacy', 'current'];

const FILMS = 'rules: [{ name: films, match: { category: films }, topic: planted-films }]';
const NOTHING = 'rules: [{ name: all, send: [] }]';
const INVALID = 'rules: [{ name: all, sned: [] }]';

/** Replaces the file as an editor does. Nothing reads it before something is sent: a signal would. */
function replace({ path }: RulesScene, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

const about = (messages: readonly NtfyMessage[], title: string): NtfyMessage[] =>
  messages.filter((message) => message.title === title);

const REJECTED = 'Rules file is invalid';
const ACCEPTED = 'Rules file is valid again';

describe('a rules file that changes', { concurrency: 2 }, () => {
  for (const qbittorrent of GENERATIONS) {
    realTest(
      `is used for a torrent that downloads, without a signal, on qBittorrent ${qbittorrent}`,
      { needs: [`qbittorrent ${qbittorrent}`, 'ntfy current', 'curl'] },
      async () => {
        await using scene = await startRulesScene({ qbittorrent, rules: 'rules: []', rate: 500_000 });
        const torrent = await scene.add({ name: 'film.mkv', size: 100 * MB, category: 'films' });
        await until('it is shown', async () => (await scene.sent(torrent)).length > 0);
        replace(scene, FILMS);
        await until('it moves', async () => (await scene.sent(torrent, 'planted-films')).length > 0);
        replace(scene, NOTHING);
        await until(
          'it is not shown any more',
          async () => visibleCards(await scene.messages('planted-films')).length === 0,
        );
        scene.seed.setRate(Infinity);
        await scene.untilOver();
        assert.deepEqual(visibleCards(await scene.messages()), []);
        assert.deepEqual(visibleCards(await scene.messages('planted-films')), []);
      },
    );

    realTest(
      `and is invalid changes nothing: one notification, one when it is valid again, on qBittorrent ${qbittorrent}`,
      { needs: [`qbittorrent ${qbittorrent}`, 'ntfy current', 'curl'] },
      async () => {
        await using scene = await startRulesScene({ qbittorrent, rules: FILMS });
        for (const text of [INVALID, '', `${INVALID} # still`]) {
          replace(scene, text);
          scene.sidecar.send('SIGHUP');
          await until('it is reported', async () => about(await scene.messages(), REJECTED).length > 0);
          const torrent = await scene.add({ name: `${text.length}.mkv`, size: 2 * MB, category: 'films' });
          await scene.untilOver();
          assert.equal((await scene.sent(torrent, 'planted-films')).at(-1), 'completion=4');
        }
        const audible = (await scene.messages()).filter(({ priority = 3 }) => priority >= 3);
        assert.equal(about(audible, REJECTED).length, 1, 'one sound');
        assert.equal(visibleCards(await scene.messages()).length, 1);
        replace(scene, NOTHING);
        scene.sidecar.send('SIGHUP');
        await until('it is valid again', async () => about(await scene.messages(), ACCEPTED).length > 0);
        const silent = await scene.add({ name: 'silent.mkv', size: 2 * MB, category: 'films' });
        await scene.untilOver();
        assert.deepEqual([await scene.sent(silent), await scene.sent(silent, 'planted-films')], [[], []]);
        assert.equal(about(await scene.messages(), ACCEPTED).length, 1);
        const texts = JSON.stringify(await scene.messages());
        assert.doesNotMatch(texts, /planted/);
        assert.doesNotMatch(scene.sidecar.current?.output ?? '', /planted/);
      },
    );
  }

  realTest(
    'while the sidecar is down does not prevent its start: the last valid rules are used',
    { needs: ['qbittorrent current', 'ntfy current', 'curl'] },
    async () => {
      await using scene = await startRulesScene({ qbittorrent: 'current', rules: FILMS });
      scene.sidecar.send('SIGTERM');
      await scene.sidecar.ended();
      replace(scene, INVALID);
      scene.sidecar.start();
      await until('it is reported', async () => about(await scene.messages(), REJECTED).length > 0);
      const torrent = await scene.add({ name: 'film.mkv', size: 2 * MB, category: 'films' });
      await until(
        'it is announced where the last valid rules say',
        async () => (await scene.sent(torrent, 'planted-films')).at(-1) === 'completion=4',
      );
      replace(scene, FILMS);
      scene.sidecar.send('SIGHUP');
      await until('it is valid again', async () => about(await scene.messages(), ACCEPTED).length > 0);
      assert.equal(about(await scene.messages(), REJECTED).length, 1);
    },
  );
});
