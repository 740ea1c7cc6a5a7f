/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/**
 * Makes an element equal to another one by changing only the differences, which preserves focus, selection and scroll
 * position. Children are matched by their IDs. `hidden` and `open` belong to the script.
 */
export function morph(from: Element, to: Element): void {
  const isOwn = (name: string) => name === 'hidden' || name === 'open';
  for (const { name } of Array.from(from.attributes)) {
    if (!to.hasAttribute(name) && !isOwn(name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value && !isOwn(name)) from.setAttribute(name, value);
  }
  const idOf = (node: Node | null) => (node instanceof Element ? node.id : '');
  let old = from.firstChild;
  for (const next of Array.from(to.childNodes)) {
    const id = idOf(next);
    const twin = id === '' ? old : document.getElementById(id);
    const isTwin = twin?.parentNode === from && twin.nodeName === next.nodeName && idOf(twin) === id;
    if (!isTwin) {
      from.insertBefore(next, old);
      continue;
    }
    if (twin === old) old = old.nextSibling;
    else from.insertBefore(twin, old);
    if (twin instanceof Element && next instanceof Element) morph(twin, next);
    else if (twin.nodeValue !== next.nodeValue) twin.nodeValue = next.nodeValue;
  }
  // Further rows follow in the next messages.
  if (to.hasAttribute('data-more')) return;
  while (old !== null) {
    const gone = old;
    old = old.nextSibling;
    gone.remove();
  }
}
