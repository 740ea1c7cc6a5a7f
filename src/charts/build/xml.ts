/** Escapes text for an element or an attribute of an SVG. */
export function escapeXml(text: string): string {
  // oxlint-disable-next-line no-control-regex -- XML cannot contain them
  const legal = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
  return legal.replace(/[&<>"'\\\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** An element; `null` attributes are omitted. Children are SVG markup; without children it is self-closing. */
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

/** An element that contains only text. */
export function textElement(
  name: string,
  attributes: Readonly<Record<string, string | number | null>>,
  text: string,
): string {
  return element(name, attributes, [escapeXml(text)]);
}

/** Rounds to a tenth of a pixel. */
export const round = (value: number): number => Math.round(value * 10) / 10;
