import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decideRouting } from '../../../machines/routing/matching.ts';
import { DEFAULT_ROUTE, DEFAULT_SEND } from '../../../machines/routing/types.ts';
import { parseRules, routeOf } from '../../../src/config/rules/index.ts';
import { rulesOf, TARGET, torrent, withLine } from './parsing.ts';

const CONTRACT = `
rules:
  - name: cross-seed
    match: { category: "cross-seed*" }
    send: []                                   # no notifications
  - name: films
    match: { category: ["films", "films/*"], size: ">= 1 GB" }
    topic: films                               # on the same ntfy server
    progress: { priority: 1 }
    completion: { priority: 5, tags: [popcorn], title: "{{name}}", message: "{{size}} in {{duration}}", click: "https://jellyfin.example" }
  - name: by hand
    match: { tag: notify }
    send: [added, progress, completion, alerts]
topics:
  films: { digest_from: 2, progress: none }
quiet: { from: "22:30", to: "07:00", through: [incidents] }
`;

describe('the file of the design', () => {
  const { rules, styles, topics, topicSettings, quiet, named } = rulesOf(CONTRACT);
  const films = routeOf('films', TARGET);
  const decide = (fields: object) => decideRouting(rules, { ...torrent, ...fields });

  test('decides by category, size and tag', () => {
    assert.deepEqual(decide({ category: 'Cross-Seed-link' }).send, new Set());
    assert.deepEqual(decide({ category: 'films/4k' }), {
      rule: 'films',
      route: films,
      send: DEFAULT_SEND,
      priority: { progress: 1, completion: 5 },
      isDecided: true,
      matched: ['size', 'category'],
    });
    assert.equal(decide({ category: 'films', size: 999_999_999 }).rule, null);
    assert.deepEqual(
      decide({ tags: ['notify'] }).send,
      new Set(['added', 'progress', 'completion', 'alerts']),
    );
    assert.equal(decide({}).route, DEFAULT_ROUTE);
  });

  test('keeps templates as they are, topics by route, and the settings of topics and quiet hours', () => {
    assert.deepEqual(styles.get('films'), {
      progress: {},
      completion: {
        tags: ['popcorn'],
        title: '{{name}}',
        message: '{{size}} in {{duration}}',
        click: 'https://jellyfin.example',
      },
    });
    assert.deepEqual(
      [...topics],
      [
        [DEFAULT_ROUTE, TARGET.topic],
        [films, 'films'],
      ],
    );
    assert.deepEqual([...topicSettings], [[films, { digestFrom: 2, progress: 'none' }]]);
    assert.deepEqual(quiet, { from: '22:30', to: '07:00', through: ['incidents'] });
    assert.deepEqual(named, { categories: ['cross-seed*', 'films', 'films/*'], tags: ['notify'] });
  });

  test('can be written as JSON, also with tabs and a byte order mark', () => {
    const json = JSON.stringify({ rules: [{ name: 'own', match: { size: '< 1 GB' } }] }, null, '\t');
    for (const text of [json, `\ufeff${json}`]) {
      const { rules } = rulesOf(text);
      assert.equal(decideRouting(rules, { ...torrent, size: 1 }).rule, 'own');
    }
  });
});

describe('the topic of the buttons', () => {
  const target = { ...TARGET, commandTopic: 'planted-commands' };
  const problems = (text: string) => {
    const parsed = parseRules(text, target);
    return parsed.ok ? [] : parsed.problems;
  };

  test('can be neither that of a rule nor have settings', () => {
    const text = `${withLine('topic: planted-commands')}topics:\n  planted-commands: { digest_from: 2 }\n`;
    assert.deepEqual(problems(text), [
      {
        line: 3,
        column: 12,
        message: 'rule "own": topic must be another topic than that of COMMAND_TOPIC',
      },
      { line: 5, column: 3, message: 'a topic must be another topic than that of COMMAND_TOPIC' },
    ]);
    assert.ok(parseRules(text, TARGET).ok, 'without buttons it is a topic like others');
    assert.deepEqual(problems(withLine('topic: planted-others')), []);
  });
});

describe('a route', () => {
  test('is the same for the same topic on the same server, and does not contain it', () => {
    assert.match(routeOf('films', TARGET), /^[0-9a-f]{16}$/);
    assert.equal(routeOf('films', TARGET), routeOf('films', { ...TARGET, topic: 'another' }));
    assert.notEqual(routeOf('films', TARGET), routeOf('series', TARGET));
    assert.notEqual(routeOf('films', TARGET), routeOf('films', { ...TARGET, server: 'https://ntfy.sh' }));
  });

  test('of the topic in NTFY_TOPIC is the default one', () => {
    assert.equal(routeOf(TARGET.topic, TARGET), DEFAULT_ROUTE);
    const { rules, topics } = rulesOf(withLine(`topic: ${TARGET.topic}`));
    assert.deepEqual([rules[0]?.route, topics.size], [DEFAULT_ROUTE, 1]);
  });
});

const matches = (size: string, bytes: number) =>
  decideRouting(rulesOf(withLine(`match: { size: "${size}" }`)).rules, { ...torrent, size: bytes }).rule !==
  null;

describe('a size', () => {
  for (const [comparison, inside, outside] of [
    ['>= 1 GB', 1e9, 1e9 - 1],
    ['> 1 GB', 1e9 + 1, 1e9],
    ['<= 1.5 MiB', 1.5 * 2 ** 20, 1.5 * 2 ** 20 + 1],
    ['< 700mb', 700e6 - 1, 700e6],
    ['>=1TB', 1e12, 1e12 - 1],
  ] as const) {
    test(`"${comparison}" includes ${inside} bytes and not ${outside}`, () => {
      assert.deepEqual([matches(comparison, inside), matches(comparison, outside)], [true, false]);
    });
  }
});

/** The settings of the default topic, by its route. */
const settingsOf = (text: string) => rulesOf(`topics: { ${TARGET.topic}: { ${text} } }`).topicSettings;

describe('what is allowed', () => {
  test('an empty list of rules, a rule for all torrents, aliases', () => {
    assert.deepEqual(rulesOf('rules: []').rules, []);
    assert.equal(decideRouting(rulesOf('rules: [{ name: all }]').rules, torrent).rule, 'all');
    const { styles } = rulesOf(`
rules:
  - name: a
    completion: &loud { priority: 5, tags: bell }
  - name: b
    completion: *loud
`);
    assert.deepEqual(styles.get('b'), { completion: { tags: ['bell'] } });
  });

  test('a rule that is excluded from digests', () => {
    assert.deepEqual([...rulesOf(withLine('digest: false')).withoutDigest], ['own']);
    assert.deepEqual([...rulesOf(withLine('send: [completion]')).withoutDigest], []);
  });

  test('buttons of a kind in their order, or none; a kind without them has the default ones', () => {
    const { rules, styles } = rulesOf(
      withLine('progress: { buttons: [mute, pause] }\n    alerts: { buttons: [] }\n    completion: {}'),
    );
    const buttons = { progress: ['mute', 'pause'], alerts: [] };
    assert.deepEqual(rules[0]?.buttons, buttons);
    assert.deepEqual(decideRouting(rules, torrent).buttons, buttons);
    assert.deepEqual(styles.get('own'), { progress: {}, completion: {}, alerts: {} });
    const without = rulesOf(withLine('alerts: {}')).rules;
    assert.deepEqual([without[0]?.buttons, decideRouting(without, torrent).buttons], [undefined, undefined]);
  });

  test('thresholds of a topic as numbers or never, and every way to show progress', () => {
    const all = settingsOf('digest_from: never, summary_from: 1000');
    assert.deepEqual([...all], [[DEFAULT_ROUTE, { digestFrom: null, summaryFrom: 1000 }]]);
    assert.deepEqual(
      [...settingsOf('digest_from: 1, summary_from: "never"').values()],
      [{ digestFrom: 1, summaryFrom: null }],
    );
    for (const progress of ['auto', 'cards', 'summary', 'milestones', 'none'])
      assert.deepEqual([...settingsOf(`progress: ${progress}`).values()], [{ progress }]);
  });

  test('an empty category for torrents without one', () => {
    const { rules, named } = rulesOf(withLine('match: { category: "" }'));
    assert.equal(decideRouting(rules, torrent).rule, 'own');
    assert.equal(decideRouting(rules, { ...torrent, category: 'films' }).rule, null);
    assert.deepEqual(named.categories, []);
  });

  test('a rule below one for all torrents, and a topic without a rule, are warnings', () => {
    const parsed = parseRules(
      'rules:\n  - name: all\n  - name: late\n    topic: planted-a\ntopics:\n  planted-b: {}\n',
      TARGET,
    );
    assert.ok(parsed.ok);
    assert.deepEqual(parsed.warnings, [
      { line: 3, column: 5, message: 'rule "late" never applies: rule "all" above it matches every torrent' },
      { line: 6, column: 3, message: 'no rule sends to this topic' },
    ]);
  });
});
