import { describeSettings } from './describe.ts';
import type { SettingInfo } from './describe.ts';
import { SETTING_GROUPS } from './setting-groups.ts';
import { variablesOf } from './setting-names.ts';

/** The settings in Markdown: a table for each group, with name, default and description. */
export function settingsTable(): string {
  const infos = describeSettings();
  return SETTING_GROUPS.map(({ title, names }) =>
    [
      `### ${title}`,
      '',
      '| variable | default | what it does |',
      '| --- | --- | --- |',
      ...names.map((name) => rowOf(name, infos.get(name))),
    ].join('\n'),
  ).join('\n\n');
}

function rowOf(name: string, info: SettingInfo | undefined): string {
  if (info === undefined) throw new Error(`${name} is in a group, but is no setting`);
  const defaultCell = info.required ? 'required' : info.default === null ? '' : `\`${info.default}\``;
  const names = variablesOf(name, info)
    .map((variable) => `\`${variable}\``)
    .join(' or ');
  return `| ${names} | ${defaultCell} | ${info.description} |`;
}

/** A document with the newest tables between its markers. Throws when it has no markers. */
export const withSettingsTable = (markdown: string): string =>
  replaceBetween(markdown, 'settings', settingsTable());

/** A document with this text between its markers `<!-- name -->` and `<!-- /name -->`. Throws when it has no markers. */
export function replaceBetween(markdown: string, name: string, text: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [markdown.indexOf(start), markdown.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`no ${start} … ${end} in the document`);
  return `${markdown.slice(0, from + start.length)}\n\n${text}\n\n${markdown.slice(to)}`;
}
