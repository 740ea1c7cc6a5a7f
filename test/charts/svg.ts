/** Parses drawings strictly: a drawing that a browser would reject fails. */
import assert from 'node:assert/strict';

export interface Element {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: Element[];
  /** The text directly in it. */
  text: string;
}

const TOKEN = /<(\/?)([a-z]+)((?: [a-zA-Z-]+="[^"<>]*")*)(\/?)>|([^<>]+)/y;

/** Parses well-formed XML without prologue, comments and CDATA; throws an assertion error for anything else. */
export function parseSvg(svg: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  for (let at = 0; at < svg.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(svg);
    const parent = open.at(-1);
    assert.ok(token !== null && parent !== undefined, `not well-formed: ${svg.slice(at, at + 80)}`);
    const [, closing, name = '', attributes = '', empty, text] = token;
    if (text !== undefined) parent.text += unescape(text);
    else if (closing !== '') assert.equal(open.pop()?.name, name);
    else {
      const element = { name, attributes: attributesOf(attributes), children: [], text: '' };
      parent.children.push(element);
      if (empty === '') open.push(element);
    }
  }
  assert.deepEqual(open, [root]);
  assert.equal(root.children.length, 1);
  return root.children[0] as Element;
}

/** Every element with this class, in document order. */
export function withClass(element: Element, name: string): Element[] {
  const own = element.attributes['class']?.split(' ').includes(name) === true ? [element] : [];
  return [...own, ...element.children.flatMap((child) => withClass(child, name))];
}

export function attribute(element: Element, name: string): string {
  const value = element.attributes[name];
  assert.ok(value !== undefined, `<${element.name}> has no ${name}`);
  return value;
}

function attributesOf(written: string): Record<string, string> {
  const pairs = [...written.matchAll(/ ([a-zA-Z-]+)="([^"]*)"/g)];
  assert.equal(new Set(pairs.map(([, name]) => name)).size, pairs.length, 'duplicate attribute');
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, unescape(value)]));
}

function unescape(text: string): string {
  assert.doesNotMatch(text.replace(/&#\d+;/g, ''), /&/, 'a bare ampersand');
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}
