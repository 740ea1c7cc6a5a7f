/** Checks templates when the rules are read, so that rendering one never fails. */
import { TEMPLATE_FIELD_NAMES, TEMPLATE_FIELD_PATTERN } from '../../ntfy/template-fields.ts';
import { findNearest } from '../nearest.ts';

const KNOWN: ReadonlySet<string> = new Set(TEMPLATE_FIELD_NAMES);

const HELP = 'a template contains only fields like {{name}}, no conditions and no formats';

/** Anything that is meant as a field. */
const FIELD = /\{\{([^{}]{0,100})\}\}/g;

/** What is wrong with a template; `null` if nothing is. Continues the name of the setting. */
export function problemOfTemplate(text: string): string | null {
  for (const [whole, inner = ''] of text.matchAll(FIELD)) {
    if (isField(whole)) continue;
    const name = inner.trim();
    const nearest = KNOWN.has(name) ? name : findNearest(name.toLowerCase(), KNOWN);
    if (nearest !== undefined) return `has an unknown field "${name}"; did you mean {{${nearest}}}?`;
    const known = TEMPLATE_FIELD_NAMES.join(', ');
    return /^[\w-]{1,32}$/.test(name)
      ? `has an unknown field "${name}"; the fields are ${known}`
      : `has an invalid field; ${HELP}`;
  }
  const rest = text.replaceAll(TEMPLATE_FIELD_PATTERN, '');
  const brackets = ['{{', '}}'].find((brackets) => rest.includes(brackets));
  return brackets === undefined ? null : `has "${brackets}" without a field; ${HELP}`;
}

function isField(text: string): boolean {
  const [[whole, name = ''] = []] = text.matchAll(TEMPLATE_FIELD_PATTERN);
  return whole === text && KNOWN.has(name);
}

/** What is wrong with an address that may contain fields in its path, query or fragment. */
export function problemOfLink(text: string): string | null {
  const problem = problemOfTemplate(text);
  if (problem !== null) return problem;
  const filled = text.replaceAll(TEMPLATE_FIELD_PATTERN, 'x');
  const url = URL.parse(filled);
  // oxlint-disable-next-line no-control-regex -- the URL parser removes them, so they would not be seen
  if (!/^https?:\/\//.test(text) || url === null || /[\u0000-\u0020]/.test(filled))
    return 'must be an address that starts with http:// or https://';
  if (url.username || url.password)
    return 'must not contain a user name or password: everyone who reads the topic sees it';
  const [, authority = ''] = /^https?:\/\/([^/?#]*)/.exec(text) ?? [];
  return authority.includes('{{')
    ? 'can have fields only after the host: in the path, the query or the fragment'
    : null;
}
