import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { decideRouting } from '../../../machines/routing/matching.ts';
import { DEFAULT_ROUTE } from '../../../machines/routing/types.ts';
import { fieldsTable, withFieldsTable } from '../../../src/config/rules/fields-table.ts';
import { parseRules, routeOf } from '../../../src/config/rules/index.ts';
import {
  fileShape,
  kindShapes,
  matchShape,
  quietShape,
  ruleShape,
  topicShape,
} from '../../../src/config/rules/schema.ts';
import { problemOfTemplate } from '../../../src/config/rules/template.ts';
import { TEMPLATE_FIELD_NAMES, TEMPLATE_FIELD_PATTERN } from '../../../src/ntfy/template-fields.ts';
import { TARGET, torrent } from './parsing.ts';

const text = readFileSync(new URL('../../../rules.example.yaml', import.meta.url), 'utf8');

describe('rules.example.yaml', () => {
  const parsed = parseRules(text, TARGET);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  const { rules } = parsed.rules;
  const decide = (fields: object) => decideRouting(rules, { ...torrent, ...fields });

  test('is valid, without a warning', () => assert.deepEqual(parsed.warnings, []));

  const examples: Array<[fields: object, rule: string | null, send: string]> = [
    [{ category: 'cross-seed-link' }, 'cross-seed', ''],
    [{ category: 'sonarr/anime' }, 'arr', 'alerts'],
    [{ category: 'films', size: 2e10 }, 'large films', 'progress completion alerts'],
    [{ category: 'films' }, 'films', 'progress completion alerts'],
    [{ tags: ['notify'] }, 'by hand', 'added progress completion alerts removed'],
    [{ size: 1000 }, 'small', 'progress completion alerts'],
    [{}, null, 'progress completion alerts'],
  ];
  for (const [fields, rule, send] of examples) {
    test(`does what its comments say for ${JSON.stringify(fields)}`, () => {
      const routing = decide(fields);
      assert.deepEqual([routing.rule, [...routing.send].join(' ')], [rule, send]);
      const expected = rule?.includes('films') === true ? routeOf('films', TARGET) : DEFAULT_ROUTE;
      assert.equal(routing.route, expected);
    });
  }
});

describe('the template fields', () => {
  test('can all be used in a template', () => {
    for (const name of TEMPLATE_FIELD_NAMES) {
      assert.equal(problemOfTemplate(`{{${name}}} and {{ ${name} }}`), null);
      assert.deepEqual(
        [...`{{${name}}}`.matchAll(TEMPLATE_FIELD_PATTERN)].map(([, found]) => found),
        [name],
      );
    }
  });

  test('have a row each in the generated table', () => {
    const rows = fieldsTable().split('\n').slice(2);
    assert.deepEqual(
      rows.map((row) => /^\| `\{\{(\w+)\}\}` \| [^|]{4,} \| [^|]+ \|$/.exec(row)?.[1]),
      TEMPLATE_FIELD_NAMES,
    );
    const document = '# Fields\n<!-- template fields -->\nold\n<!-- /template fields -->\nend\n';
    assert.equal(
      withFieldsTable(document),
      `# Fields\n<!-- template fields -->\n\n${fieldsTable()}\n\n<!-- /template fields -->\nend\n`,
    );
    assert.throws(() => withFieldsTable('# None'), /no <!-- template fields -->/);
  });
});

test('every key of the file is described, for the JSON Schema', () => {
  const undescribed = [
    fileShape,
    ruleShape,
    matchShape,
    topicShape,
    quietShape,
    ...Object.values(kindShapes),
  ].flatMap((shape) =>
    Object.entries(shape)
      .filter(([, schema]) => schema.description === undefined)
      .map(([key]) => key),
  );
  assert.deepEqual(undescribed, []);
});
