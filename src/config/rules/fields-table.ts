import { TEMPLATE_FIELDS } from '../../ntfy/template-fields.ts';
import { replaceBetween } from '../table.ts';

/** The fields of templates in Markdown: name, meaning and an example. */
export function fieldsTable(): string {
  return [
    '| field | meaning | example |',
    '| --- | --- | --- |',
    ...Object.entries(TEMPLATE_FIELDS).map(
      ([name, { meaning, example }]) => `| \`{{${name}}}\` | ${meaning} | ${example} |`,
    ),
  ].join('\n');
}

/** A document with the newest table between `<!-- template fields -->` and its end. Throws when it has no markers. */
export const withFieldsTable = (markdown: string): string =>
  replaceBetween(markdown, 'template fields', fieldsTable());
