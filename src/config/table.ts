import { describeSettings } from './describe.ts';

const start = '<!-- settings -->';
const end = '<!-- /settings -->';

/** The settings as a Markdown table: name, default, what it does. */
export function settingsTable(): string {
  const rows = [...describeSettings()].map(([name, info]) => {
    const standard = info.required ? 'required' : info.default === null ? '' : `\`${info.default}\``;
    const names = info.secret ? `\`${name}\` or \`${name}_FILE\`` : `\`${name}\``;
    return `| ${names} | ${standard} | ${info.description} |`;
  });
  return ['| variable | default | what it does |', '| --- | --- | --- |', ...rows].join('\n');
}

/** A document with the newest table between its markers. Throws when it has no markers. */
export function withSettingsTable(markdown: string): string {
  const [from, to] = [markdown.indexOf(start), markdown.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`no ${start} … ${end} in the document`);
  return `${markdown.slice(0, from + start.length)}\n${settingsTable()}\n${markdown.slice(to)}`;
}
