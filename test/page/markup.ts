/** What a test reads in rendered markup. */

/** The visible text: everything between the tags. */
export const textOf = (markup: unknown): string =>
  String(markup)
    .replaceAll(/<[^>]*>/g, '|')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll(/\|+/g, '|');

/** The names of all elements and attributes of well-formed markup. */
export const shapeOf = (markup: unknown): string =>
  [...String(markup).matchAll(/<\/?([a-z0-9]+)|\s([a-z-]+)="/gi)]
    .map(([, tag, name]) => tag ?? name)
    .join(' ');

/** Names that would be markup if they were not escaped. */
export const hostile = [
  '<img src=x onerror=alert(1)>',
  '</a></li></ul><script>alert(1)</script>',
  '" onmouseover="alert(1)" x="',
  "' onfocus='alert(1)",
  '&lt;b&gt; &amp;',
  '`${alert(1)}` {{7*7}}',
  '<!-- <svg onload=alert(1)>',
];
