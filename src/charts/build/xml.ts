/** Text as it may stand in an SVG, in an element or an attribute. Names of events may come from anywhere one day. */
export function escapeXml(text: string): string {
  // oxlint-disable-next-line no-control-regex -- XML has no way to write them
  const legal = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
  return legal.replace(/[&<>"'\\\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** An element; `null` attributes are left out. Children are SVG already; without any it closes itself. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | null>>,
  children: readonly string[] = [],
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
    .join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
}

/** An element that holds only text. */
export function textElement(
  name: string,
  attributes: Readonly<Record<string, string | number | null>>,
  text: string,
): string {
  return element(name, attributes, [escapeXml(text)]);
}

/** A tenth of a pixel is enough. */
export const round = (value: number): number => Math.round(value * 10) / 10;
