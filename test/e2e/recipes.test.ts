/** Each recipe of docs/rules.md, with real servers and the sidecar as a process. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { realTest, startTracker, until, visibleCards } from '../servers/index.ts';
import type { QbittorrentGeneration } from '../servers/index.ts';
import { readRecipes, recipeOf } from '../support/recipes.ts';
import { startRulesScene } from './rules-scene.ts';
import type { RulesScene } from './rules-scene.ts';

const MB = 1_000_000;
const NORMAL = ['progress=2', 'completion=4'];

interface Scenario {
  /** What a reader adapts, too. */
  adapt?: (recipe: string) => string;
  env?: () => Record<string, string>;
  rate?: number;
  run: (scene: RulesScene) => Promise<void>;
}

/** The name of a time zone in which it is this hour now. */
function zoneAt(hour: number, now = new Date()): string {
  const ahead = ((hour - now.getUTCHours() + 36) % 24) - 12;
  // The signs of these names are those of POSIX: `Etc/GMT-2` is two hours ahead.
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

const scenarios: Record<string, Scenario> = {
  'Only tagged torrents': {
    async run(scene) {
      const tagged = await scene.add({ name: 'tagged.iso', size: 4 * MB, tags: 'other,notify' });
      const other = await scene.add({ name: 'other.iso', size: 4 * MB, tags: 'other' });
      await scene.untilOver();
      assert.deepEqual([await scene.sent(tagged), await scene.sent(other)], [NORMAL, []]);
    },
  },
  'No notifications for cross-seeds': {
    async run(scene) {
      const linked = await scene.add({ name: 'linked.iso', size: 4 * MB, category: 'cross-seed-link' });
      const doubled = await scene.add({ name: 'doubled.iso', size: 4 * MB, category: 'films.cross-seed' });
      const other = await scene.add({ name: 'other.iso', size: 4 * MB, category: 'films' });
      await scene.untilOver();
      const sent = [await scene.sent(linked), await scene.sent(doubled), await scene.sent(other)];
      assert.deepEqual(sent, [[], [], NORMAL]);
    },
  },
  'No progress and no sound for Sonarr, Radarr and Lidarr': {
    async run(scene) {
      const series = await scene.add({ name: 'series.mkv', size: 4 * MB, category: 'tv-sonarr' });
      const other = await scene.add({ name: 'other.iso', size: 4 * MB });
      await scene.untilOver();
      assert.deepEqual([await scene.sent(series), await scene.sent(other)], [['completion=2'], NORMAL]);
    },
  },
  'Films on another topic': {
    async run(scene) {
      const film = await scene.add({ name: 'film.mkv', size: 4 * MB, category: 'films/4k' });
      const other = await scene.add({ name: 'other.iso', size: 4 * MB });
      await scene.untilOver();
      assert.deepEqual([await scene.sent(film, 'films'), await scene.sent(film)], [NORMAL, []]);
      assert.deepEqual([await scene.sent(other, 'films'), await scene.sent(other)], [[], NORMAL]);
    },
  },
  'Large downloads are loud, others silent': {
    adapt: (recipe) => recipe.replace('20 GB', '4 MB'),
    async run(scene) {
      const large = await scene.add({ name: 'large.iso', size: 4 * MB });
      const small = await scene.add({ name: 'small.iso', size: 4 * MB - 1 });
      await scene.untilOver();
      assert.deepEqual(await scene.sent(large), ['progress=2', 'completion=5']);
      assert.deepEqual(await scene.sent(small), ['progress=2', 'completion=2']);
    },
  },
  'Quiet nights': {
    env: () => ({ TZ: zoneAt(2) }),
    async run(scene) {
      const torrent = await scene.add({ name: 'night.iso', size: 4 * MB });
      await scene.untilOver();
      assert.deepEqual(await scene.sent(torrent), ['progress=2', 'completion=2']);
    },
  },
  'Only errors': {
    async run(scene) {
      const fine = await scene.add({ name: 'fine.iso', size: 4 * MB });
      await scene.untilOver();
      // Nobody can create a folder there, not even root.
      const failing = await scene.add({ name: 'failing.iso', size: 4 * MB, savepath: '/proc/nowhere' });
      await until('there is an alert', async () => (await scene.sent(failing)).length > 0);
      assert.deepEqual([await scene.sent(fine), await scene.sent(failing)], [[], ['alert=4']]);
    },
  },
  'Own wording': {
    async run(scene) {
      const torrent = await scene.add({ name: '{{size}} & more.iso', size: 4 * MB });
      await scene.untilOver();
      const completion = (await scene.messages()).find(({ sequence_id: id }) => id?.endsWith('-done'));
      assert.equal(completion?.sequence_id, `qbit-${torrent.hash}-done`);
      assert.equal(completion.title, '{{size}} & more.iso');
      assert.match(completion.message ?? '', /^4\.0 MB in [\dms ]+, saved to \/.*downloads$/);
      assert.deepEqual(completion.tags, ['tada']);
      const query = '%7B%7Bsize%7D%7D%20%26%20more.iso';
      assert.equal(completion.click, `https://jellyfin.example.org/search?query=${query}`);
      assert.equal(completion.priority, 4);
    },
  },
  'Added and removed torrents, too': {
    rate: 500_000,
    async run(scene) {
      const complete = await scene.add({ name: 'complete.iso', size: MB });
      const removed = await scene.add({ name: 'removed.iso', size: 50 * MB });
      const isSent = async (kind: string) =>
        (await scene.sent(removed)).some((sent) => sent.startsWith(kind));
      await until('it is shown', () => isSent('progress'));
      await scene.qbittorrent.remove(removed.hash);
      await until('its removal is reported', () => isSent('removed'));
      await scene.untilOver();
      assert.deepEqual(await scene.sent(removed), ['added=3', 'progress=2', 'removed=2']);
      const kinds = await scene.sent(complete);
      assert.equal(kinds[0], 'added=3');
      assert.equal(kinds.at(-1), 'completion=4');
    },
  },
  'Private trackers on another topic': {
    adapt: (recipe) => recipe.replace('tracker.example.org', '127.0.0.1'),
    async run(scene) {
      await using tracker = await startTracker();
      const hidden = await scene.add({
        name: 'private.iso',
        size: 8 * MB,
        tracker: tracker.url,
        private: true,
      });
      const open = await scene.add({ name: 'open.iso', size: 4 * MB });
      await scene.untilOver();
      assert.deepEqual((await scene.sent(hidden, 'private')).at(-1), 'completion=4');
      assert.deepEqual([await scene.sent(open), await scene.sent(open, 'private')], [NORMAL, []]);
      // Before the tracker has answered, qBittorrent 4.5 does not report it: nothing of that time may be left.
      const left = visibleCards(await scene.messages()).map(({ sequence_id: id }) => id);
      assert.deepEqual(left, [`qbit-${open.hash}-done`]);
      const cards = visibleCards(await scene.messages('private')).map(({ sequence_id: id }) => id);
      assert.deepEqual(cards, [`qbit-${hidden.hash}-done`]);
      assert.doesNotMatch(scene.sidecar.current?.output ?? '', new RegExp(tracker.passkey));
    },
  },
};

test('each recipe of the document is tested', () => {
  assert.deepEqual(Object.keys(scenarios), [...readRecipes().keys()]);
});

const GENERATIONS: readonly QbittorrentGeneration[] = ['legacy', 'current'];

// The tests mostly wait.
for (const qbittorrent of GENERATIONS) {
  describe(`on qBittorrent ${qbittorrent} the recipe`, { concurrency: 3 }, () => {
    for (const [title, { adapt = (text: string) => text, env, rate, run }] of Object.entries(scenarios)) {
      realTest(
        `"${title}" does what its title says`,
        { needs: [`qbittorrent ${qbittorrent}`, 'ntfy current', 'curl'] },
        async () => {
          const recipe = recipeOf(title);
          const rules = adapt(recipe);
          const options = { qbittorrent, rules, ...(env === undefined ? {} : { env: env() }) };
          await using scene = await startRulesScene({ ...options, ...(rate === undefined ? {} : { rate }) });
          await run(scene);
        },
      );
    }
  });
}

describe('a category that is changed while it downloads', { concurrency: 2 }, () => {
  for (const qbittorrent of GENERATIONS) {
    realTest(
      `moves the notification to the topic of its rule, on qBittorrent ${qbittorrent}`,
      { needs: [`qbittorrent ${qbittorrent}`, 'ntfy current', 'curl'] },
      async () => {
        const rules = recipeOf('Films on another topic');
        await using scene = await startRulesScene({ qbittorrent, rules, rate: 500_000 });
        const { api } = scene.qbittorrent;
        assert.equal((await api('torrents/createCategory', { category: 'films' })).status, 200);
        const torrent = await scene.add({ name: 'moving.mkv', size: 100 * MB });
        await until('it is shown', async () => (await scene.sent(torrent)).length > 0);
        const form = { hashes: torrent.hash, category: 'films' };
        assert.equal((await api('torrents/setCategory', form)).status, 200);
        await until(
          'it is shown on the other topic',
          async () => (await scene.sent(torrent, 'films')).length > 0,
        );
        await until('it is shown there alone', async () => visibleCards(await scene.messages()).length === 0);
        scene.seed.setRate(Infinity);
        await scene.untilOver();
        assert.deepEqual(
          [await scene.sent(torrent), await scene.sent(torrent, 'films')],
          [['progress=2'], NORMAL],
        );
        const cards = visibleCards(await scene.messages('films')).map(({ sequence_id: id }) => id);
        assert.deepEqual(cards, [`qbit-${torrent.hash}-done`]);
      },
    );
  }
});
