/** Renders the templates of rules. The values of the fields are data: no text in them is replaced again. */
import { cleanText, hasVisibleText, safeLines, safeText, truncate } from '../format/text.ts';
import type { ReadField } from './fields.ts';
import { TEMPLATE_FIELD_PATTERN, TEMPLATE_FIELDS } from './template-fields.ts';
import type { TemplateFieldName } from './template-fields.ts';

/** Characters of a template; the rest of a longer one is not rendered. The rules file does not accept longer ones. */
const MAX_TEMPLATE_LENGTH = 4000;

/** UTF-8 bytes of a title: as long as a torrent's name in a title. */
const MAX_TITLE_BYTES = 200;
/**
 * UTF-8 bytes of a message, and of each of the two URLs. Together with a title, and with each quotation mark escaped,
 * they are less than the 8,192 bytes that ntfy accepts as JSON (reference/ntfy.md, section 2).
 */
const MAX_MESSAGE_BYTES = 1500;
const MAX_URL_BYTES = 2000;
/** UTF-8 bytes of one value: a file's name has at most 255. */
const MAX_VALUE_BYTES = { text: 600, url: 255 };

/** A title in one line; `null` if nothing of it is visible. */
export function renderTitle(template: string, read: ReadField): string | null {
  const text = safeText(renderText(template, read), MAX_TITLE_BYTES);
  return hasVisibleText(text) ? text : null;
}

/** A message, with the line breaks of the template; `null` if nothing of it is visible. */
export function renderMessageText(template: string, read: ReadField): string | null {
  const text = safeLines(renderText(template, read), MAX_MESSAGE_BYTES);
  return hasVisibleText(text) ? text : null;
}

/** Each value is one line of safe text: the lines are those of the template. */
const renderText = (template: string, read: ReadField): string =>
  insert(template, (name) => safeText(read(name), MAX_VALUE_BYTES.text));

/**
 * An http or https URL, with the values percent-encoded; `null` if there is none, or it is too long. A value can change
 * neither the host nor the beginning of the path: a torrent named `..` would lead elsewhere on the host.
 */
export function renderUrl(template: string, read: ReadField): string | null {
  const text = insert(template, (name) =>
    encodeURIComponent(truncate(cleanText(read(name)), MAX_VALUE_BYTES.url, '')),
  );
  const start = template.search(TEMPLATE_FIELD_PATTERN);
  const fixed = start === -1 ? template : template.slice(0, start);
  if (start !== -1 && !/^https?:\/\/[^/?#\\]+[/?#]/i.test(fixed)) return null;
  const [url, prefix] = [URL.parse(text), URL.parse(fixed)];
  if (url === null || prefix === null || !/^https?:$/.test(url.protocol)) return null;
  return url.href.startsWith(prefix.href) && url.href.length <= MAX_URL_BYTES ? url.href : null;
}

/** The template with its fields replaced, in one pass. Each value is computed once. */
function insert(template: string, value: (name: TemplateFieldName) => string): string {
  const values = new Map<TemplateFieldName, string>();
  const valueOf = (name: TemplateFieldName): string => {
    const found = values.get(name) ?? value(name);
    values.set(name, found);
    return found;
  };
  return template
    .slice(0, MAX_TEMPLATE_LENGTH)
    .replaceAll(TEMPLATE_FIELD_PATTERN, (text, name: string) => (isField(name) ? valueOf(name) : text));
}

const isField = (name: string): name is TemplateFieldName => Object.hasOwn(TEMPLATE_FIELDS, name);
