/** The recipes of docs/rules.md, as they are written there, decide as their titles say. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { CONDITION_NAMES, decideRouting } from '../../../machines/routing/matching.ts';
import { BUTTON_NAMES } from '../../../machines/remote/actions.ts';
import { DEFAULT_ROUTE } from '../../../machines/routing/types.ts';
import type { RuleFields } from '../../../machines/routing/types.ts';
import { withFieldsTable } from '../../../src/config/rules/fields-table.ts';
import { parseRules } from '../../../src/config/rules/index.ts';
import type { RuleSet } from '../../../src/config/rules/index.ts';
import { QUIET_KINDS, ruleShape, SEND_KINDS } from '../../../src/config/rules/schema.ts';
import { readRecipes } from '../../support/recipes.ts';
import { rulesOf, TARGET, torrent } from './parsing.ts';

/** A torrent, and what is sent about it: the kinds, with a priority if the rule sets one, and the topic if not the default. */
type Row = [fields: Partial<RuleFields>, sent: string];

const NORMAL = 'progress completion alerts';
const GB = 1_000_000_000;

const recipes: Record<string, Row[]> = {
  'Only tagged torrents': [
    [{ tags: ['notify'] }, NORMAL],
    [{ tags: ['other', 'Notify'] }, NORMAL],
    [{}, ''],
    [{ tags: ['notify-me'] }, ''],
  ],
  'No notifications for cross-seeds': [
    [{ category: 'cross-seed-link' }, ''],
    [{ category: 'cross-seed-link/tracker' }, ''],
    [{ category: 'films.cross-seed' }, ''],
    [{ category: 'films' }, NORMAL],
    [{}, NORMAL],
  ],
  'No progress and no sound for Sonarr, Radarr and Lidarr': [
    [{ category: 'radarr' }, 'completion=2 alerts'],
    [{ category: 'tv-sonarr' }, 'completion=2 alerts'],
    [{ category: 'Sonarr/anime' }, 'completion=2 alerts'],
    [{ category: 'radarr-uhd' }, NORMAL],
    [{}, NORMAL],
  ],
  'Films on another topic': [
    [{ category: 'films' }, `${NORMAL} to films`],
    [{ category: 'films/4k' }, `${NORMAL} to films`],
    [{ category: 'old films' }, NORMAL],
  ],
  'Large downloads are loud, others silent': [
    [{ size: 20 * GB }, 'progress completion=5 alerts'],
    [{ size: 20 * GB - 1 }, 'progress completion=2 alerts'],
    [{ size: null }, 'progress completion=2 alerts, undecided'],
  ],
  'Quiet nights': [[{}, NORMAL]],
  'Only errors': [
    [{}, 'alerts'],
    [{ size: null }, 'alerts'],
  ],
  'Own wording': [[{}, NORMAL]],
  'Added and removed torrents, too': [[{}, 'added=3 progress completion alerts removed']],
  'Private trackers on another topic': [
    [{ private: true }, `${NORMAL} to private`],
    [{ private: false }, NORMAL],
    [{ private: null, tracker: 'tracker.example.org' }, `${NORMAL} to private`],
    [{ private: null, tracker: 'a.example.net' }, `${NORMAL} to private`],
    [{ private: null, tracker: 'tracker.example.com' }, NORMAL],
    [{ private: null, tracker: null }, NORMAL],
  ],
};

function describeRouting({ rules, topics }: RuleSet, fields: RuleFields): string {
  const { send, priority, route, isDecided } = decideRouting(rules, fields);
  const kinds = [...send].map((kind) => `${kind}${priority[kind] === undefined ? '' : `=${priority[kind]}`}`);
  const topic = route === DEFAULT_ROUTE ? '' : ` to ${topics.get(route)}`;
  return `${kinds.join(' ')}${topic}${isDecided ? '' : ', undecided'}`;
}

test('the page has the ten recipes, and each is tested', () => {
  assert.deepEqual([...readRecipes().keys()], Object.keys(recipes));
  assert.equal(readRecipes().size, 10);
});

for (const [title, text] of readRecipes()) {
  describe(`the recipe "${title}"`, () => {
    const parsed = parseRules(text, TARGET);
    assert.ok(parsed.ok, JSON.stringify(parsed));

    test('is valid, without a warning', () => assert.deepEqual(parsed.warnings, []));

    for (const [fields, sent] of recipes[title] ?? []) {
      test(`sends "${sent}" about ${JSON.stringify(fields)}`, () => {
        assert.equal(describeRouting(parsed.rules, { ...torrent, ...fields }), sent);
      });
    }
  });
}

const rulesOfRecipe = (title: string): RuleSet => rulesOf(readRecipes().get(title) ?? '');

test('the quiet nights have their times, and incidents go through', () => {
  assert.deepEqual(rulesOfRecipe('Quiet nights').quiet, {
    from: '22:30',
    to: '07:00',
    through: ['incidents'],
  });
});

test('the own wording is used for completions', () => {
  assert.deepEqual(rulesOfRecipe('Own wording').styles.get('all'), {
    completion: {
      title: '{{name}}',
      message: '{{size}} in {{duration}}, saved to {{path}}',
      tags: ['tada'],
      click: 'https://jellyfin.example.org/search?query={{name}}',
    },
  });
});

test('the example in README.md is valid, without a warning', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const [, example = ''] = /^```yaml\n(rules:\n[^]*?)^```$/m.exec(readme) ?? [];
  const parsed = parseRules(example, TARGET);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  assert.deepEqual([parsed.warnings, parsed.rules.rules.length], [[], 2]);
});

describe('docs/rules.md', () => {
  const page = readFileSync(new URL('../../../docs/rules.md', import.meta.url), 'utf8');
  const namesIn = (heading: string): string[] => {
    const section = page.split(/^##+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
    const cells = [...section.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = '']) => cell);
    return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)/g)].map(([, name = '']) => name));
  };

  test('lists every field of templates as it is', () => {
    assert.ok(
      page === withFieldsTable(page),
      'docs/rules.md shows old fields; bring its table up to date with: npx node src/config/write-table.ts',
    );
  });

  test('lists every condition and every setting of a rule', () => {
    assert.deepEqual(namesIn('Conditions').toSorted(), CONDITION_NAMES.toSorted());
    const style = ['priority', 'tags', 'title', 'message', 'click', 'icon', 'buttons'];
    assert.deepEqual(
      namesIn('What a rule sets').toSorted(),
      [...Object.keys(ruleShape), ...style].toSorted(),
    );
  });

  test('names what can be sent, and what may make a sound in quiet hours', () => {
    for (const kind of [...SEND_KINDS, ...QUIET_KINDS]) assert.ok(page.includes(`\`${kind}\``), kind);
  });

  test('names every button', () => {
    for (const name of BUTTON_NAMES) assert.ok(page.includes(`\`${name}\``), name);
  });
});
